import asyncpg
from chatkit.store import Store


class S(Store):
    def __init__(self):
        self.pool = None

    async def connect(self) -> bool:
        try:
            self.pool = await asyncpg.create_pool("x")
            return True
        except OSError:
            return False

    async def load(self):
        if not self.pool:
            if not await self.connect():
                raise RuntimeError
        return await self.pool.fetch("x")

    async def load2(self):
        if not self.pool:
            ok = await self.connect()
            if not ok:
                raise RuntimeError
        return await self.pool.fetch("x")
