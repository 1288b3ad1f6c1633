import asyncpg
from chatkit.store import Store


class S(Store[dict]):
    def __init__(self, pool: asyncpg.Pool) -> None:
        self.pool = pool

    async def page(self, thread_id: str, limit: int, after: str | None) -> list:
        where = []
        where.append("a = $1")
        where.append("b = $2")
        return await self.pool.fetch(f"SELECT 1 FROM t WHERE {' AND '.join(where)}", thread_id, after)
