import asyncpg
from chatkit.store import Store


class S(Store):
    def __init__(self, url):
        self.url = url
        self.pool = None

    async def connect(self):
        self.pool = await asyncpg.create_pool(self.url)

    async def load(self):
        if self.pool is None:
            await self.connect()
        async with self.pool.acquire() as c:
            row = await c.fetchrow("x")
            return row["id"]
