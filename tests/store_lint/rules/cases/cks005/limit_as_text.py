import asyncpg
from chatkit.store import Store


class S(Store[dict]):
    def __init__(self, pool: asyncpg.Pool) -> None:
        self.pool = pool

    async def page(self, thread_id: str, limit: int, after: str | None) -> list:
        await self.pool.fetch("SELECT 1 FROM t LIMIT $1", str(limit))  # CKS005
        await self.pool.fetch("SELECT 1 FROM t LIMIT $1", limit + 1)
        await self.pool.fetch("SELECT 1 FROM t LIMIT $1", "20")  # CKS005
        await self.pool.fetch("SELECT 1 FROM t LIMIT $1 OFFSET $2", min(limit, 100), f"{limit}")  # CKS005
        await self.pool.fetch("SELECT 1 FROM t LIMIT $1::int", str(limit))  # CKS005
        await self.pool.fetch("SELECT 1 FROM t LIMIT ($1::text)::int", str(limit))
        return await self.pool.fetch("SELECT 1 FROM t LIMIT $1", None)
