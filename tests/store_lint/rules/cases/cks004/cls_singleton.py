import asyncpg
from chatkit.store import Store


class Db:
    _pool: asyncpg.Pool | None = None

    @classmethod
    async def init(cls):
        if cls._pool is None:
            cls._pool = await asyncpg.create_pool("x")

    @classmethod
    def get(cls) -> asyncpg.Pool:
        if cls._pool is None:
            raise RuntimeError
        return cls._pool


class S(Store):
    async def load(self):
        return await Db.get().fetch("x")

    async def load2(self):
        return await Db._pool.fetch("x")  # CKS004

    async def load3(self):
        await Db.init()
        return await Db._pool.fetch("x")
