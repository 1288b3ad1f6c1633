import asyncpg
from chatkit.store import Store


class S(Store):
    def __init__(self):
        self.pool = asyncpg.create_pool("x")

    async def connect(self):
        await self.pool
