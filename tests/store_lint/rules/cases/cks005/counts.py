import asyncpg
from chatkit.store import Store


class S(Store[dict]):
    def __init__(self, pool: asyncpg.Pool) -> None:
        self.pool = pool

    async def page(self, thread_id: str, limit: int, after: str | None) -> list:
        await self.pool.fetch("SELECT $1::text, $2::text", thread_id)  # CKS005
        await self.pool.fetch("SELECT $1::text", thread_id, after)  # CKS005
        await self.pool.fetch("SELECT $1::text, $1::text", thread_id)
        await self.pool.fetch("SELECT $1::text, $2::text", [thread_id, after])  # CKS005
        await self.pool.fetch("SELECT $1::text, $2::text", *[thread_id, after])
        await self.pool.fetch("SELECT $1::text, $3::text", thread_id, after, after)  # CKS005
        await self.pool.fetch("SELECT '$1', $$ $2 $$ -- $3\n", thread_id)  # CKS005
        await self.pool.fetch("SELECT '$1', $$ $2 $$ -- $3\n")
        await self.pool.execute("SELECT $1::text")  # CKS005
        await self.pool.fetchval("SELECT $1::text", thread_id, column=0, timeout=5)
        await self.pool.fetchrow("SELECT $1::text", thread_id, 5)  # CKS005
        return await self.pool.fetch("SELECT 1", timeout=limit)
