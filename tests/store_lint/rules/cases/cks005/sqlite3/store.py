import json
import sqlite3
import uuid
from datetime import datetime

from chatkit.store import Store
from chatkit.types import ThreadMetadata


class S(Store[dict]):
    async def save(self, name: str, limit: int, thread: ThreadMetadata) -> None:
        db = sqlite3.connect("chat.db")
        db.execute("SELECT ?, ?", (name,))  # CKS005
        db.execute("SELECT ?, ?", (name, limit))
        db.execute("SELECT '?', ?", [name])
        db.execute("SELECT ?", (name, limit))  # CKS005
        db.execute("SELECT ?")  # CKS005
        db.execute("SELECT ?1, ?1, ?2", (name, limit))
        db.execute("SELECT :a, :a, :b", {"a": name, "b": limit, "c": 1})
        db.execute("SELECT :a, :b", {"a": name})  # CKS005
        db.execute("SELECT ?", {"a": name})  # CKS005
        db.execute("SELECT ?", (thread.metadata,))  # CKS005
        db.execute("SELECT ?", (json.dumps(thread.metadata),))
        db.execute("SELECT ?", (thread,))  # CKS005
        db.execute("SELECT ?", (uuid.uuid4(),))  # CKS005
        db.execute("SELECT ?", (str(uuid.uuid4()),))
        db.execute("SELECT ?", (datetime.now(),))
        db.execute("SELECT ?", (limit > 3,))
        db.execute("SELECT ? LIMIT ?", (name, str(limit)))
        db.execute("SELECT ?", (limit))  # CKS005
        db.execute("SELECT ?", (name))  # CKS005
        db.executemany("INSERT INTO t VALUES (?, ?)", [(name, limit), (name,)])  # CKS005
        db.executemany("INSERT INTO t VALUES (?, ?)", [(name, limit)])
        db.executescript("CREATE TABLE t (a TEXT, b INTEGER)")
