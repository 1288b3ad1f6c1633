import asyncpg
from chatkit.store import Store


class S(Store[dict]):
    def __init__(self, pool: asyncpg.Pool) -> None:
        self.pool = pool

    async def page(self, thread_id: str, limit: int, after: str | None) -> list:
        query = "SELECT 1 FROM t WHERE a = $1"
        params: list[object] = [thread_id]
        if after:
            query += " AND b > $2"
            params.append(after)
        rows = await self.pool.fetch(query, *params)
        if after:
            query += " AND c > $3"
        return await self.pool.fetch(query, *params)  # CKS005
