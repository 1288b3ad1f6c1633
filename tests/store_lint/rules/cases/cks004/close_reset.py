import asyncpg
from chatkit.store import Store


class S(Store):
    def __init__(self, pool: asyncpg.Pool):
        self.pool = pool

    async def close(self):
        await self.pool.close()  # CKS004
        self.pool = None

    async def load(self):
        return await self.pool.fetch("x")  # CKS004
