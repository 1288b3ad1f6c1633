import asyncpg
from chatkit.store import Store


class S(Store[dict]):
    def __init__(self, pool: asyncpg.Pool) -> None:
        self.pool = pool

    async def page(self, thread_id: str, limit: int, after: str | None) -> list:
        params = [limit]
        params.append(limit / 2)  # CKS005
        return await self.pool.fetch("SELECT $1::int, $2::float8", *params)
