import json

import asyncpg
from chatkit.store import Store
from chatkit.types import ThreadMetadata

SCHEMA = """
CREATE TABLE IF NOT EXISTS threads (
    id TEXT PRIMARY KEY, owner VARCHAR(64), title TEXT, turns INTEGER, score DOUBLE PRECISION,
    open BOOLEAN, data JSONB, key UUID, created_at TIMESTAMPTZ, local_at TIMESTAMP, tags TEXT[]
)
"""


class S(Store[dict]):
    def __init__(self, pool: asyncpg.Pool) -> None:
        self.pool = pool

    async def save(self, thread: ThreadMetadata, name: str) -> None:
        data = {"id": thread.id}
        await self.pool.execute("UPDATE threads SET data = $1 WHERE id = $2", data, name)  # CKS005
        await self.pool.execute("UPDATE threads SET data = $1 WHERE id = $2", json.dumps(data), name)
        await self.pool.execute("UPDATE threads SET data = $1::jsonb WHERE id = $2", thread.metadata, name)  # CKS005
        await self.pool.execute("UPDATE threads SET data = $1 WHERE id = $2", thread, name)  # CKS005
        await self.pool.execute("UPDATE threads SET data = $1 WHERE id = $2", thread.model_dump(), name)  # CKS005
        await self.pool.execute("UPDATE threads SET data = $1 WHERE id = $2", thread.model_dump_json(), name)
        await self.pool.execute("UPDATE threads SET data = data || $1 WHERE id = $2", data, name)  # CKS005
        await self.pool.execute("UPDATE threads SET data = $1 WHERE id = $2", [name], name)  # CKS005
        await self.pool.execute("UPDATE threads SET data = $1 WHERE id = $2", None, name)
