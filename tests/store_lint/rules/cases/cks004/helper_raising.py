import asyncpg
from chatkit.store import Store


def fail():
    raise RuntimeError


class S(Store):
    def __init__(self, url):
        self.url = url
        self.pool = None

    async def connect(self):
        self.pool = await asyncpg.create_pool(self.url)

    async def load(self):
        if not self.pool:
            fail()
        return await self.pool.fetch("x")
