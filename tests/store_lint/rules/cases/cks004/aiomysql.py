import asyncpg
from chatkit.store import Store

import aiomysql


class S(Store):
    def __init__(self):
        self.pool = None

    async def connect(self):
        self.pool = aiomysql.create_pool(host="x")  # CKS004

    async def load(self):
        if self.pool is None:
            await self.connect()
        async with self.pool.acquire() as c:
            return 1
