import asyncpg
from chatkit.store import Store


class S(Store):
    def __init__(self, url):
        self.url = url
        self.pool = None

    async def connect(self):
        self.pool = await asyncpg.create_pool(self.url)

    async def load(self, x):
        if x:
            await self.connect()
        async with self.pool.acquire() as c:  # CKS004
            return 1
