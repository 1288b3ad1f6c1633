import asyncpg
from chatkit.store import Store


class S(Store):
    def __init__(self, url):
        self.url = url
        self.pool = None

    async def connect(self):
        self.pool = await asyncpg.create_pool(self.url)

    @property
    def p(self):
        if self.pool is None:
            raise RuntimeError("no")
        return self.pool

    async def load(self):
        async with self.p.acquire() as c:
            return 1
