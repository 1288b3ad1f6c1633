import asyncpg
from chatkit.store import Store


def require(pool):
    if pool is None:
        raise RuntimeError
    return pool


class S(Store):
    def __init__(self, url):
        self.url = url
        self.pool = None

    async def connect(self):
        self.pool = await asyncpg.create_pool(self.url)

    async def load(self):
        return await require(self.pool).fetch("x")

    async def load2(self):
        require(self.pool)
        return await self.pool.fetch("x")
