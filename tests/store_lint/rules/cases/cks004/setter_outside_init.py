import asyncpg
from chatkit.store import Store


class S(Store):
    def __init__(self):
        self._setup()

    def _setup(self):
        self.pool = None

    async def load(self):
        return await self.pool.fetch("x")  # CKS004
