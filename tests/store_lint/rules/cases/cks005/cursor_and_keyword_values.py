import asyncpg
from chatkit.store import Store


class S(Store[dict]):
    def __init__(self, pool: asyncpg.Pool) -> None:
        self.pool = pool

    async def page(self, thread_id: str, limit: int, after: str | None) -> list:
        rows = []
        async with self.pool.acquire() as connection, connection.transaction():
            async for row in connection.cursor("SELECT $1::text", limit):  # CKS005
                rows.append(row)
        return rows
