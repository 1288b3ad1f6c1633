import asyncpg
from chatkit.store import Store


class S(Store[dict]):
    def __init__(self, pool: asyncpg.Pool) -> None:
        self.pool = pool

    async def page(self, thread_id: str, limit: int, after: str | None) -> list:
        row = await self.pool.fetchrow("SELECT 1 AS n")
        params = [thread_id]
        params.append(row["n"])
        other = [row["n"]]
        other.append(limit)
        await self.pool.fetch("SELECT $1::int, $2::int", *other)
        return await self.pool.fetch("SELECT 1 FROM t WHERE a = $1 LIMIT $2", *params)
