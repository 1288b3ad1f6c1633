import time
from datetime import UTC, datetime, timedelta, timezone

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
        await self.pool.execute("UPDATE threads SET created_at = $1", thread.created_at)
        await self.pool.execute("UPDATE threads SET created_at = $1", thread.created_at.isoformat())  # CKS005
        await self.pool.execute("UPDATE threads SET created_at = $1", str(thread.created_at))  # CKS005
        await self.pool.execute("UPDATE threads SET created_at = $1", datetime.now())
        await self.pool.execute("UPDATE threads SET created_at = $1", datetime.now(timezone.utc))
        await self.pool.execute("UPDATE threads SET created_at = $1", time.time())  # CKS005
        await self.pool.execute("UPDATE threads SET local_at = $1", datetime.now())
        await self.pool.execute("UPDATE threads SET local_at = $1", datetime.now(timezone.utc))  # CKS005
        await self.pool.execute("UPDATE threads SET local_at = $1", datetime.utcnow())
        await self.pool.execute("UPDATE threads SET local_at = $1", datetime.now(tz=UTC))  # CKS005
        await self.pool.execute("UPDATE threads SET local_at = $1", datetime.now(UTC).replace(tzinfo=None))
        await self.pool.execute("UPDATE threads SET local_at = $1", datetime.now().astimezone())  # CKS005
        await self.pool.execute("UPDATE threads SET local_at = $1", datetime.now(UTC) - timedelta(days=1))  # CKS005
        await self.pool.execute("UPDATE threads SET local_at = $1", thread.created_at)
        await self.pool.execute("SELECT 1 FROM threads WHERE created_at < $1", datetime.now().isoformat())  # CKS005
        await self.pool.execute("SELECT 1 FROM threads WHERE (created_at, id) < ($1, $2)", name, name)  # CKS005
        await self.pool.execute("SELECT $1::timestamptz", datetime.now().isoformat())  # CKS005
        await self.pool.execute("SELECT $1::text::timestamptz", datetime.now().isoformat())
        await self.pool.execute("SELECT $1::timestamptz", datetime.fromisoformat(name))
