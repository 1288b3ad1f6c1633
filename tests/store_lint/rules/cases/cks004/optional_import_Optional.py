import asyncpg
from chatkit.store import Store

from typing import Optional


class S(Store):
    def __init__(self, pool: Optional[asyncpg.Pool] = None):
        self.pool = pool

    async def load(self):
        return await self.pool.fetch("x")  # CKS004

    async def load2(self):
        if self.pool is None:
            raise RuntimeError
        return await self.pool.fetch("x")
