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
            try:
                await self.connect()
            finally:
                x = 1
        except OSError as e:
            raise RuntimeError from e
        return await self.pool.fetch("x")
