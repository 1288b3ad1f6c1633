import uuid

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

    async def save(self, turns: int, part: float, name: str) -> None:
        await self.pool.execute("UPDATE threads SET turns = $1", part)  # CKS005
        await self.pool.execute("UPDATE threads SET turns = $1", int(part))
        await self.pool.execute("UPDATE threads SET turns = $1", round(part))
        await self.pool.execute("UPDATE threads SET turns = $1", turns / 2)  # CKS005
        await self.pool.execute("UPDATE threads SET turns = $1", turns // 2)
        await self.pool.execute("UPDATE threads SET score = $1", turns)
        await self.pool.execute("UPDATE threads SET score = $1", name)  # CKS005
        await self.pool.execute("UPDATE threads SET key = $1", uuid.uuid4())
        await self.pool.execute("UPDATE threads SET key = $1", str(uuid.uuid4()))
        await self.pool.execute("UPDATE threads SET id = $1", uuid.uuid4())  # CKS005
        await self.pool.execute("UPDATE threads SET id = $1", uuid.uuid4().hex)
