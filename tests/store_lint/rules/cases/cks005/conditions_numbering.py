import asyncpg
from chatkit.store import Store


class S(Store[dict]):
    def __init__(self, pool: asyncpg.Pool) -> None:
        self.pool = pool

    async def page(self, thread_id: str, limit: int, after: str | None) -> list:
        where, params = ["a = $1"], [thread_id]
        if after:
            params.append(after)
            where.append(f"b > ${len(params)}::text")
        query = f"SELECT 1 FROM t WHERE {' AND '.join(where)}"
        return await self.pool.fetch(query, *params)
