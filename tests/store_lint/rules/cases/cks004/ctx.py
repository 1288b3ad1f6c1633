import asyncpg
from chatkit.store import Store

from contextlib import asynccontextmanager


class S(Store):
    def __init__(self, url):
        self.url = url
        self.pool = None

    async def connect(self):
        self.pool = await asyncpg.create_pool(self.url)

    @asynccontextmanager
    async def conn(self):
        if self.pool is None:
            await self.connect()
        async with self.pool.acquire() as c:
            yield c

    async def load(self):
        async with self.conn() as c:
            return await c.fetch("x")

    async def load2(self):
        async with self.conn() as c:
            return await self.pool.fetch("x")
