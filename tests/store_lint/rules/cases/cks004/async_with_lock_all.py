import asyncpg
from chatkit.store import Store

import asyncio


class S(Store):
    def __init__(self, url):
        self.url = url
        self.pool = None
        self.lock = asyncio.Lock()

    async def connect(self):
        self.pool = await asyncpg.create_pool(self.url)

    async def load(self):
        async with self.lock:
            if self.pool is None:
                await self.connect()
        return await self.pool.fetch("x")
