import asyncpg
from chatkit.store import Store


class S(Store):
    def __init__(self, url):
        self.url = url
        self.pool = None

    async def connect(self):
        self.pool = await asyncpg.create_pool(self.url)

    async def _connected(self) -> bool:
        if self.pool is None:
            return False
        return True

    async def load(self):
        if not await self._connected():
            return None
        return await self.pool.fetch("x")
