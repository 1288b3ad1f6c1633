import asyncpg
from chatkit.store import Store


class S(Store):
    def __init__(self, pool=None):
        self.pool = pool
        self.own = pool is None

    async def _get(self):
        if self.pool is None:
            self.pool = await asyncpg.create_pool("x")
            self.own = True
        return self.pool

    async def load(self):
        p = await self._get()
        return await p.fetch("x")

    async def close(self):
        if self.own and self.pool is not None:
            await self.pool.close()
            self.pool = None
