import asyncpg
from chatkit.store import Store


class S(Store[dict]):
    def __init__(self, pool: asyncpg.Pool) -> None:
        self.pool = pool

    async def page(self, thread_id: str, limit: int, after: str | None) -> list:
        query = """
            SELECT 1 FROM {table} WHERE a = $1 LIMIT $2
        """.strip()
        await self.pool.fetch(query.format(table="t"), thread_id)  # CKS005
        return await self.pool.fetch(query.format(table="t"), thread_id, limit)
