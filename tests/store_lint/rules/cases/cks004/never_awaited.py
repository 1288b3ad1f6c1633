import asyncpg
from chatkit.store import Store


class S(Store):
    async def connect(self):
        self.pool = asyncpg.create_pool("x")  # CKS004

    async def load(self):
        async with self.pool.acquire() as c:  # CKS004
            return 1
