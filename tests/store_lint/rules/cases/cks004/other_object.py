import asyncpg
from chatkit.store import Store


class Db:
    def __init__(self):
        self.pool = None

    async def connect(self):
        self.pool = await asyncpg.create_pool("x")


class S(Store):
    def __init__(self, db: Db):
        self.db = db

    async def load(self):
        return await self.db.pool.fetch("x")  # CKS004

    async def load2(self):
        if self.db.pool is None:
            await self.db.connect()
        return await self.db.pool.fetch("x")

    async def load3(self):
        await self.db.connect()
        return await self.db.pool.fetch("x")


db = Db()


async def z():
    return await db.pool.fetch("x")  # CKS004
