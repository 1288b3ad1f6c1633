import asyncpg
from chatkit.store import Store


class S(Store):
    def __init__(self, url):
        self.url = url
        self.pool = None

    async def connect(self):
        self.pool = await asyncpg.create_pool(self.url)

    async def load(self):
        if not self.pool:
            return []
        return [await self.pool.fetch(q) for q in ("a", "b")]

    async def load2(self):
        return [await self.pool.fetch(q) for q in ("a", "b") if self.pool]

    async def load3(self):
        return [await self.pool.fetch(q) for q in ("a", "b")]  # CKS004
