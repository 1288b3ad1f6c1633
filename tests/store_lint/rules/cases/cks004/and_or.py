import asyncpg
from chatkit.store import Store


class S(Store):
    def __init__(self, url):
        self.url = url
        self.pool = None

    async def connect(self):
        self.pool = await asyncpg.create_pool(self.url)

    async def load(self):
        return self.pool and await self.pool.fetch("x")

    async def load2(self):
        return self.pool is None or await self.pool.fetch("x")

    async def load3(self):
        return await self.pool.fetch("x") if self.pool else None

    async def load4(self):
        return self.pool is not None or await self.pool.fetch("x")  # CKS004
