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

    async def save(self, names: list[str], turns: int) -> None:
        statement = "INSERT INTO threads (id, turns) VALUES ($1, $2)"
        await self.pool.executemany(statement, [(name, turns) for name in names])
        await self.pool.executemany(statement, [(name, str(turns)) for name in names])  # CKS005
        await self.pool.executemany(statement, [(name, turns, 1) for name in names])  # CKS005
        await self.pool.executemany(statement, [("a", 1), ("b", "2")])  # CKS005
        rows: list[tuple[object, ...]] = []
        for name in names:
            rows.append((name, turns))
        await self.pool.executemany(statement, rows)
