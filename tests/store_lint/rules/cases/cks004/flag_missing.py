import asyncpg
from chatkit.store import Store


class S(Store):
    def __init__(self):
        self._pool = None
        self._connected = False

    async def connect(self):
        if self._connected:
            return
        self._pool = await asyncpg.create_pool("x")
        self._connected = True

    async def disconnect(self):
        if not self._connected:
            return
        await self._pool.close()
        self._connected = False
        self._pool = None

    async def load(self):
        if not self._connected:
            raise RuntimeError
        return await self._pool.fetch("x")
