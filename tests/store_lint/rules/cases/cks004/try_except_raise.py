import asyncpg
from chatkit.store import Store


class S(Store):
    def __init__(self, url):
        self.url = url
        self.pool = None

    async def connect(self):
        self.pool = await asyncpg.create_pool(self.url)

    async def load(self):
        try:
            await self.connect()
        except Exception:
            raise
        return await self.pool.fetch("x")

    async def load2(self):
        try:
            await self.connect()
        except Exception:
            pass
        return await self.pool.fetch("x")  # CKS004
