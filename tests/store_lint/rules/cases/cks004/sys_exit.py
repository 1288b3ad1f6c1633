import asyncpg
from chatkit.store import Store
import sys


class S(Store):
    def __init__(self, url):
        self.url = url
        self.pool = None

    async def connect(self):
        self.pool = await asyncpg.create_pool(self.url)

    async def load(self):
        if not self.pool:
            sys.exit(1)
        return await self.pool.fetch("x")
