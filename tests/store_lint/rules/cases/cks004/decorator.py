import asyncpg
from chatkit.store import Store

import functools


def ensure(fn):
    @functools.wraps(fn)
    async def wrapper(self, *args, **kwargs):
        if self.pool is None:
            await self.connect()
        return await fn(self, *args, **kwargs)

    return wrapper


class S(Store):
    def __init__(self, url):
        self.url = url
        self.pool = None

    async def connect(self):
        self.pool = await asyncpg.create_pool(self.url)

    @ensure
    async def load(self, x):
        async with self.pool.acquire() as c:
            return await c.fetch("x")
