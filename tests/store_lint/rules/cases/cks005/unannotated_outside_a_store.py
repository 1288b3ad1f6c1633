import asyncpg
from chatkit.store import Store


async def load(pool: asyncpg.Pool, thread_id):
    return await pool.fetchrow("SELECT 1 FROM t WHERE a = $1", thread_id)


class Repository:
    def __init__(self, pool: asyncpg.Pool) -> None:
        self.pool = pool

    async def load(self, thread_id):
        return await self.pool.fetchrow("SELECT 1 FROM t WHERE a = $1", thread_id)
