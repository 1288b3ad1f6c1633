import asyncpg
from chatkit.store import Store


class S(Store[dict]):
    def __init__(self, pool: asyncpg.Pool) -> None:
        self.pool = pool

    async def save(self) -> None:
        await self.pool.execute("SELECT $1::jsonb", {"a": 1})
        await self.pool.execute("SELECT $1::text", {"a": 1})  # CKS005
