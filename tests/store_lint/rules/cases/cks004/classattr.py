import asyncpg
from chatkit.store import Store


class S(Store):
    _pool = None

    @classmethod
    async def get_pool(cls):
        if cls._pool is None:
            cls._pool = await asyncpg.create_pool("x")
        return cls._pool

    async def load(self):
        pool = await self.get_pool()
        return await pool.fetch("x")

    async def load1(self):
        pool = await S.get_pool()
        return await pool.fetch("x")

    async def load2(self):
        return await self._pool.fetch("x")  # CKS004
