import asyncpg
from chatkit.store import Store


class S(Store[dict]):
    def __init__(self, pool: asyncpg.Pool) -> None:
        self.pool = pool

    async def page(self, thread_id: str, limit: int, after: str | None) -> list:
        shown = [thread_id]
        shown.append(limit)
        print(*shown)
        return await self.pool.fetch("SELECT 1 FROM t WHERE a = $1", thread_id)
