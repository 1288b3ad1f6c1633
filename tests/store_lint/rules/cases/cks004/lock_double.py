import asyncpg
from chatkit.store import Store

import asyncio


class S(Store):
    def __init__(self):
        self._pool: asyncpg.Pool | None = None
        self._lock = asyncio.Lock()

    async def _pool_ready(self) -> asyncpg.Pool:
        if self._pool is not None:
            return self._pool
        async with self._lock:
            if self._pool is None:
                self._pool = await asyncpg.create_pool("x")
        return self._pool

    async def load(self):
        pool = await self._pool_ready()
        return await pool.fetch("x")
