import asyncpg
from chatkit.store import Store


class S(Store):
    def __init__(self, url):
        self.url = url
        self.pool = None

    async def connect(self):
        self.pool = await asyncpg.create_pool(self.url)

    async def _get_pool(self):
        return self.pool

    async def load(self):
        pool = await self._get_pool()
        async with pool.acquire() as c:  # CKS004
            return 1
