import asyncpg
from chatkit.store import Store


class S(Store):
    def __init__(self, url):
        self.url = url
        self.pool = None

    async def connect(self):
        self.pool = await asyncpg.create_pool(self.url)

    async def load(self):
        if self.pool is not None and not self.pool._closed:
            return await self.pool.fetch("x")
        if self.pool is None or self.pool._closed:
            await self.connect()
        return await self.pool.fetch("x")
