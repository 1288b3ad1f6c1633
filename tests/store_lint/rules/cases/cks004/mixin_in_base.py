import asyncpg
from chatkit.store import Store


class PoolMixin:
    pool = None

    async def connect(self):
        self.pool = await asyncpg.create_pool("x")

    async def ensure(self):
        if self.pool is None:
            await self.connect()


class S(PoolMixin, Store):
    async def load(self):
        await self.ensure()
        return await self.pool.fetch("x")

    async def load2(self):
        return await self.pool.fetch("x")  # CKS004
