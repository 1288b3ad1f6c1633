import asyncpg
from chatkit.store import Store

SCHEMA = """
CREATE TABLE IF NOT EXISTS threads (
    id TEXT PRIMARY KEY, owner VARCHAR(64), title TEXT, turns INTEGER, score DOUBLE PRECISION,
    open BOOLEAN, data JSONB, key UUID, created_at TIMESTAMPTZ, local_at TIMESTAMP, tags TEXT[]
)
"""


class S(Store[dict]):
    def __init__(self, pool: asyncpg.Pool) -> None:
        self.pool = pool

    async def save(self, name: str, turns: int) -> None:
        async with self.pool.acquire() as connection, connection.transaction():
            await connection.execute("INSERT INTO threads (id) VALUES ($1)", turns)  # CKS005
            await connection.execute("INSERT INTO threads (id) VALUES ($1)", name)
        connection = await self.pool.acquire()
        try:
            await connection.fetchval("SELECT $1::text", turns)  # CKS005
        finally:
            await self.pool.release(connection)
