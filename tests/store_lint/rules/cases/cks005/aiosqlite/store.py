import json
import aiosqlite
import uuid
from datetime import datetime

from chatkit.store import Store
from chatkit.types import ThreadMetadata


class S(Store[dict]):
    async def save(self, name: str, limit: int, thread: ThreadMetadata) -> None:
        db = await aiosqlite.connect("chat.db")
        await db.execute("SELECT ?, ?", (name,))  # CKS005
        await db.execute("SELECT ?, ?", (name, limit))
        await db.execute("SELECT '?', ?", [name])
        await db.execute("SELECT ?", (name, limit))  # CKS005
        await db.execute("SELECT ?")  # CKS005
        await db.execute("SELECT ?1, ?1, ?2", (name, limit))
        await db.execute("SELECT :a, :a, :b", {"a": name, "b": limit, "c": 1})
        await db.execute("SELECT :a, :b", {"a": name})  # CKS005
        await db.execute("SELECT ?", {"a": name})  # CKS005
        await db.execute("SELECT ?", (thread.metadata,))  # CKS005
        await db.execute("SELECT ?", (json.dumps(thread.metadata),))
        await db.execute("SELECT ?", (thread,))  # CKS005
        await db.execute("SELECT ?", (uuid.uuid4(),))  # CKS005
        await db.execute("SELECT ?", (str(uuid.uuid4()),))
        await db.execute("SELECT ?", (datetime.now(),))
        await db.execute("SELECT ?", (limit > 3,))
        await db.execute("SELECT ? LIMIT ?", (name, str(limit)))
        await db.execute("SELECT ?", (limit))  # CKS005
        await db.execute("SELECT ?", (name))  # CKS005
        await db.executemany("INSERT INTO t VALUES (?, ?)", [(name, limit), (name,)])  # CKS005
        await db.executemany("INSERT INTO t VALUES (?, ?)", [(name, limit)])
        await db.executescript("CREATE TABLE t (a TEXT, b INTEGER)")
