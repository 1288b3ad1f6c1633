import asyncpg
from chatkit.store import Store


class S(Store):
    def __init__(self, url):
        self.url = url
        self.pool = None

    async def connect(self):
        self.pool = await asyncpg.create_pool(self.url)

    def _ready(self):
        return self.pool is not None

    async def load(self):
        if not self._ready():
            raise RuntimeError
        return await self.pool.fetch("x")

    async def load2(self):
        if self._ready():
            raise RuntimeError
        return await self.pool.fetch("x")  # CKS004
