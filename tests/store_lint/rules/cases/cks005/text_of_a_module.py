FIND = "SELECT 1 FROM t WHERE a = $1" " LIMIT $2"

import asyncpg
from chatkit.store import Store


class S(Store[dict]):
    def __init__(self, pool: asyncpg.Pool) -> None:
        self.pool = pool

    async def page(self, thread_id: str, limit: int, after: str | None) -> list:
        await self.pool.fetch(FIND, thread_id)  # CKS005
        return await self.pool.fetch(FIND, thread_id, limit)
