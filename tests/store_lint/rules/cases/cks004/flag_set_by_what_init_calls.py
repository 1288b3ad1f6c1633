import asyncpg
from chatkit.store import Store


class Opened(Store):
    def __init__(self, url):
        self.url = url
        self.pool = None
        self.is_open = False
        self._open()

    def _open(self):
        if not self.url:
            return
        self.pool = asyncpg.Pool(self.url)
        self.is_open = True

    async def load(self):
        if not self.is_open:
            raise RuntimeError("not open")
        return await self.pool.fetch("x")


class Tried(Store):
    def __init__(self, url):
        self.pool = None
        self.is_open = False
        self._open(url)

    def _open(self, url):
        try:
            self.pool = asyncpg.Pool(url)
            self.is_open = True
        except OSError:
            self.pool = None
            self.is_open = False

    async def load(self):
        if not self.is_open:
            raise RuntimeError("not open")
        return await self.pool.fetch("x")


class Awaited(Store):
    def __init__(self, url):
        self.url = url
        self.pool = None
        self.is_open = False

    async def _open(self):
        if self.url:
            self.pool = await asyncpg.create_pool(self.url)
            self.is_open = True

    async def load(self):
        await self._open()
        if self.is_open:
            return await self.pool.fetch("x")
        return []


class FlagAlone(Store):
    def __init__(self, url):
        self.url = url
        self.pool = None
        self.is_open = False
        self._open()

    def _open(self):
        self.is_open = True
        if not self.url:
            return
        self.pool = asyncpg.Pool(self.url)

    async def load(self):
        if not self.is_open:
            raise RuntimeError("not open")
        return await self.pool.fetch("x")  # CKS004


class Between(Store):
    def __init__(self, url):
        self.url = url
        self.pool = None
        self.is_open = False
        self._open()
        self._lose()

    def _open(self):
        if not self.url:
            return
        self.pool = asyncpg.Pool(self.url)
        self.is_open = True

    def _lose(self):
        self.pool = None

    async def load(self):
        if not self.is_open:
            raise RuntimeError("not open")
        return await self.pool.fetch("x")  # CKS004
