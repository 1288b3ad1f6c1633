import asyncpg
from chatkit.store import Store


class S(Store[dict]):
    def __init__(self, pool: asyncpg.Pool) -> None:
        self.pool = pool

    async def page(self, thread_id: str, limit: int, after: str | None) -> list:
        params = [1.5, 2.5]
        params.append(limit)
        return await self.pool.fetch("SELECT $1::float8 + $2::float8 + $3::float8", *params)
