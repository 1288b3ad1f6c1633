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
        await self._reset()
        return await self.pool.fetch("x")  # CKS004

    async def _reset(self):
        if self.pool:
            await self.pool.close()
        self.pool = None
