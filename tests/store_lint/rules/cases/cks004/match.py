import asyncpg
from chatkit.store import Store


class S(Store):
    def __init__(self, url):
        self.url = url
        self.pool = None

    async def connect(self):
        self.pool = await asyncpg.create_pool(self.url)

    async def load(self):
        match self.pool:
            case None:
                raise RuntimeError
            case p:
                return await p.fetch("x")

    async def load2(self):
        match self.pool:
            case None:
                pass
        return await self.pool.fetch("x")  # CKS004
