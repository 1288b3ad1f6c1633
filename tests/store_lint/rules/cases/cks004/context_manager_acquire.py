import asyncpg
from chatkit.store import Store

from contextlib import asynccontextmanager


class S(Store):
    def __init__(self, url):
        self.url = url
        self.pool = None

    async def connect(self):
        self.pool = await asyncpg.create_pool(self.url)

    @asynccontextmanager
    async def _acquire(self):
        if self.pool is None:
            await self.connect()
        conn = await self.pool.acquire()
        try:
            yield conn
        finally:
            await self.pool.release(conn)

    async def load(self):
        async with self._acquire() as c:
            return await c.fetch("x")
