import asyncpg
from chatkit.store import Store


class S(Store[dict]):
    def __init__(self, pool: asyncpg.Pool) -> None:
        self.pool = pool

    async def page(self, thread_id: str, limit: int, after: str | None) -> list:
        params = [thread_id]
        query = "SELECT 1 FROM t WHERE a = $1"
        if after:
            query += " AND b > $2"
            params.append(after)
        params.append(str(limit))  # CKS005
        query += f" LIMIT ${len(params)}"
        return await self.pool.fetch(query, *params)
