import asyncpg
from chatkit.store import Store


class S(Store):
    def __init__(self, pool):
        self.pool = pool

    async def load(self):
        return await self.pool.fetch("x")
