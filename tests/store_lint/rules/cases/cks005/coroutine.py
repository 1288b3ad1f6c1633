import asyncpg
from chatkit.store import Store


class S(Store[dict]):
    def __init__(self, pool: asyncpg.Pool) -> None:
        self.pool = pool

    async def page(self, thread_id: str, limit: int, after: str | None) -> list:
        await self.pool.fetch("SELECT $1::text", self.name(thread_id))  # CKS005
        return await self.pool.fetch("SELECT $1::text", await self.name(thread_id))

    async def name(self, thread_id: str) -> str:
        return thread_id.strip()
