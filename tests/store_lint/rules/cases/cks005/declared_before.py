import asyncpg
from chatkit.store import Store


class S(Store[dict]):
    def __init__(self, pool: asyncpg.Pool) -> None:
        self.pool = pool

    async def page(self, thread_id: str, limit: int, after: str | None) -> list:
        params: list[str | int]
        params = [thread_id]
        params.append(limit)
        return await self.pool.fetch("SELECT 1 FROM t WHERE a = $1 LIMIT $2", *params)
