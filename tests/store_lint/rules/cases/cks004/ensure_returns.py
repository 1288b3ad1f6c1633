import asyncpg
from chatkit.store import Store


class S(Store):
    def __init__(self, url):
        self.url = url
        self.pool = None

    async def connect(self):
        self.pool = await asyncpg.create_pool(self.url)

    def _require(self) -> asyncpg.Pool:
        if not self.pool:
            raise RuntimeError("x")
        return self.pool

    async def load(self):
        return await self._require().fetch("x")

    async def load2(self):
        self._require()
        return await self.pool.fetch("x")
