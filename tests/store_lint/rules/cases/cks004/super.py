import asyncpg
from chatkit.store import Store


class B(Store):
    def __init__(self):
        self.pool = None

    async def connect(self):
        self.pool = await asyncpg.create_pool("x")


class S(B):
    def __init__(self):
        super().__init__()

    async def load(self):
        return await self.pool.fetch("x")  # CKS004

    async def load2(self):
        if not self.pool:
            await super().connect()
        return await self.pool.fetch("x")
