import asyncpg
from chatkit.store import Store

import aiosqlite


class S(Store):
    def __init__(self):
        self._db: aiosqlite.Connection | None = None

    async def init(self):
        self._db = await aiosqlite.connect("x")
        await self._db.execute("x")

    @property
    def db(self):
        if self._db is None:
            raise RuntimeError
        return self._db

    async def load(self):
        async with self._db.execute("x") as c:  # CKS004
            return await c.fetchall()

    async def load2(self):
        async with self.db.execute("x") as c:
            return await c.fetchall()
