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

    async def close(self):
        if self.pool:
            await self.pool.close()
            self.pool = None
            self._init = False

    async def load(self):
        await self.initialize()
        async with self.pool.acquire() as c:
            return 1
