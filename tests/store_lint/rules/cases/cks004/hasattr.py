import asyncpg
from chatkit.store import Store


class S(Store):
    async def connect(self):
        self.pool = await asyncpg.create_pool("x")

    async def load(self):
        if not hasattr(self, "pool"):
            await self.connect()
        return await self.pool.fetch("x")
