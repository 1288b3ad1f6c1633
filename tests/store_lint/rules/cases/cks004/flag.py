import asyncpg
from chatkit.store import Store


class S(Store):
    def __init__(self, url):
        self.url = url
        self.pool = None
        self._init = False

    async def initialize(self):
        if self._init:
            return
        self.pool = await asyncpg.create_pool(self.url)
        self._init = True

    async def load(self):
        if not self._init:
            await self.initialize()
        async with self.pool.acquire() as c:
            return 1

    async def load2(self):
        await self.initialize()
        async with self.pool.acquire() as c:
            return 1
