import asyncpg
from chatkit.store import Store

from typing import Any


class S(Store):
    def __init__(self):
        self.pool: Any = None

    async def load(self):
        async with self.pool.acquire() as c:  # CKS004
            return 1
