import asyncpg
from chatkit.store import Store

_pool = None


async def get_pool():
    global _pool
    if _pool is None:
        _pool = await asyncpg.create_pool("x")
    return _pool


class S(Store):
    async def load(self):
        pool = await get_pool()
        return await pool.fetch("x")

    async def load2(self):
        return await _pool.fetch("x")  # CKS004

    async def load3(self):
        await get_pool()
        return await _pool.fetch("x")
