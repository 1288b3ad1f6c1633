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

    async def save(self, name: str, turns: int, flag: bool) -> None:
        await self.pool.execute(
            "INSERT INTO threads (id, title, turns) VALUES ($1, $2, $3)",
            name,
            turns,  # CKS005
            name,  # CKS005
        )
        await self.pool.execute("INSERT INTO threads (id, turns) VALUES ($1, $2)", name, turns)
        await self.pool.execute("INSERT INTO threads VALUES ($1, $2, $3, $4)", name, name, name, turns)
        await self.pool.execute(
            """
            INSERT INTO threads (id, title) VALUES ($1, COALESCE($2, 'x'))
            ON CONFLICT (id) DO UPDATE SET title = EXCLUDED.title, open = $3
            """,
            name,
            turns,  # CKS005
            flag,
        )
        await self.pool.execute("UPDATE threads SET title = $2, turns = $3 WHERE id = $1", name, turns, turns)  # CKS005
        await self.pool.execute("UPDATE threads SET turns = turns + $1 WHERE id = $2", turns, name)
        await self.pool.execute("UPDATE threads SET open = $1 WHERE id = $2", turns, name)  # CKS005
