import asyncpg
from chatkit.store import Store
import asyncio


class S(Store):
    def __init__(self, url):
        self.url = url
        self.pool = None

    async def connect(self):
        self.pool = await asyncpg.create_pool(self.url)

    async def load(self):
        await asyncio.wait_for(self.connect(), 5)
        return await self.pool.fetch("x")
