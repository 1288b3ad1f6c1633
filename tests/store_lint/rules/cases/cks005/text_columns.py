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

    async def find(self, limit: int, flag: bool, title: str | None) -> None:
        await self.pool.fetch("SELECT 1 FROM threads WHERE id = $1", limit)  # CKS005
        await self.pool.fetch("SELECT 1 FROM threads WHERE owner = $1", flag)  # CKS005
        await self.pool.fetch("SELECT 1 FROM threads WHERE turns = $1 AND open = $2", limit, flag)
        await self.pool.fetch("SELECT 1 FROM threads AS t WHERE t.title = $1", limit)  # CKS005
        await self.pool.fetch("SELECT 1 FROM threads WHERE title = $1", title)
        await self.pool.fetch("SELECT 1 FROM threads WHERE title = $1", str(limit))
        await self.pool.fetch("SELECT 1 FROM threads WHERE turns::text = $1", limit)  # CKS005
        await self.pool.fetch("SELECT 1 FROM elsewhere WHERE title = $1", limit)
        await self.pool.fetch("SELECT 1 FROM threads JOIN elsewhere ON true WHERE title = $1", limit)
        await self.pool.fetch("SELECT 1 FROM threads WHERE id IN ($1, $2)", title, limit)  # CKS005
        await self.pool.fetch("SELECT 1 FROM threads WHERE id = ANY($1)", [title])
        await self.pool.fetch("SELECT 1 FROM threads WHERE id = ANY($1)", title)  # CKS005
        await self.pool.fetch("SELECT 1 FROM threads WHERE id = ANY($1)", [limit])  # CKS005
        await self.pool.fetch("SELECT 1 FROM threads WHERE title ILIKE $1", limit)  # CKS005
        await self.pool.fetch("SELECT 1 FROM threads WHERE data->>'n' = $1", limit)  # CKS005
        await self.pool.fetch("SELECT 1 FROM threads WHERE (data->>'n')::int = $1", limit)
        await self.pool.fetch("SELECT $1::text", limit)  # CKS005
        await self.pool.fetch("SELECT CAST($1 AS text)", limit)  # CKS005
        await self.pool.fetch("SELECT $1::text::int", limit)  # CKS005
        await self.pool.fetch("SELECT $1::int::text", limit)
