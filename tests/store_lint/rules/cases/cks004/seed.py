import asyncpg
from chatkit.store import Store


class S(Store):
    def __init__(self):
        self.url = 1

    async def connect(self):
        """x"""

    async def _initialize_tables(self):
        if not self.pool:  # CKS004
            await self.connect()
        if not self.pool:
            raise RuntimeError("x")
