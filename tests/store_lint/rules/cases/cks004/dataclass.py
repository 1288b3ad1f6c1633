import asyncpg
from chatkit.store import Store

from dataclasses import dataclass


@dataclass
class S:
    url: str
    pool: asyncpg.Pool | None = None

    async def load(self):
        return await self.pool.fetch("x")  # CKS004

    async def load2(self):
        assert self.pool
        return await self.pool.fetch("x")
