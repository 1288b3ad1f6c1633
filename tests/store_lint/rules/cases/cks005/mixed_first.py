import asyncpg
from chatkit.store import Store


class S(Store[dict]):
    def __init__(self, pool: asyncpg.Pool) -> None:
        self.pool = pool

    async def page(self, thread_id: str, limit: int, after: str | None) -> list:
        params = [thread_id, limit]
        params.append(after is None)
        return await self.pool.fetch("SELECT $1::text, $2::int, $3::bool", *params)
