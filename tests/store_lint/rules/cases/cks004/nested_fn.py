import asyncpg
from chatkit.store import Store


class S(Store):
    def __init__(self, url):
        self.url = url
        self.pool = None

    async def connect(self):
        self.pool = await asyncpg.create_pool(self.url)

    async def load(self):
        async def op():
            return await self.pool.fetch("x")

        if self.pool is None:
            await self.connect()
        return await op()

    async def load2(self):
        async def op():
            return await self.pool.fetch("x")

        if self.pool is None:
            await self.connect()
        return await self._retry(op)

    async def _retry(self, fn):
        return await fn()
