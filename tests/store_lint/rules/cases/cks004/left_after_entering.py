"""`__aexit__` runs behind `__aenter__`, and nowhere else."""

import asyncpg
from chatkit.store import Store


class Opened(Store):
    def __init__(self, url):
        self.url = url
        self.pool = None

    async def connect(self):
        self.pool = await asyncpg.create_pool(self.url)

    async def __aenter__(self):
        await self.connect()
        return self

    async def __aexit__(self, *error):
        await self.pool.close()

    async def load(self):
        return await self.pool.fetch("x")  # CKS004


class SometimesOpened(Store):
    pool = None

    async def __aenter__(self):
        if self.url:
            self.pool = await asyncpg.create_pool(self.url)
        return self

    async def __aexit__(self, *error):
        await self.pool.close()  # CKS004


class Inherits(Opened):
    async def __aexit__(self, *error):
        await self.pool.terminate()


class NeverEntered(Store):
    def __init__(self):
        self.pool = None

    async def __aexit__(self, *error):
        await self.pool.close()  # CKS004

    async def connect(self):
        self.pool = await asyncpg.create_pool("x")


class Nested(Store):
    def __enter__(self):
        self.connection = self.open()
        return self

    def __exit__(self, *error):
        self.connection.close()

    def run(self):
        self.connection.execute("x")  # CKS004
