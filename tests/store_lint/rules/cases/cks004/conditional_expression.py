import asyncpg
from chatkit.store import Store


class S(Store):
    def __init__(self, url):
        self.url = url
        self.pool = None

    async def connect(self):
        self.pool = await asyncpg.create_pool(self.url)

    async def load(self):
        pool = self.pool if self.pool else await asyncpg.create_pool("x")
        return await pool.fetch("x")

    async def load2(self):
        pool = self.pool or await asyncpg.create_pool("x")
        return await pool.fetch("x")
