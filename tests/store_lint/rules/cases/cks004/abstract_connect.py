import asyncpg
from chatkit.store import Store

from abc import abstractmethod


class B(Store):
    def __init__(self):
        self.pool = None

    @abstractmethod
    async def connect(self): ...
    async def load(self):
        if self.pool is None:
            await self.connect()
        return await self.pool.fetch("x")
