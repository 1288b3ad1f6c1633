import asyncpg
from chatkit.store import Store

from somewhere import Base


class S(Base):
    async def load(self):
        return await self.pool.fetch("x")
