import asyncpg
from chatkit.store import Store

import functools


def log(fn):
    @functools.wraps(fn)
    async def wrapper(self, *args, **kwargs):
        print(1)
        return await fn(self, *args, **kwargs)

    return wrapper


class S(Store):
    def __init__(self, url):
        self.url = url
        self.pool = None

    async def connect(self):
        self.pool = await asyncpg.create_pool(self.url)

    @log
    async def load(self, x):
        async with self.pool.acquire() as c:  # CKS004
            return await c.fetch("x")
