import sqlite3

from chatkit.store import Store


class S(Store[dict]):
    def find(self, db: sqlite3.Connection, name: str) -> None:
        db.execute("SELECT 1 FROM t WHERE a=? AND b!=?", (name, name))
        db.execute("SELECT 1 FROM t WHERE a=? AND b!=?", (name,))  # CKS005
        db.execute("SELECT 1 FROM t WHERE a=:name", {"name": name})
        db.execute("SELECT 1 FROM t WHERE a=:name", {"title": name})  # CKS005
        db.execute("SELECT 1 FROM t WHERE a=@name AND b=$more", {"name": name, "more": 1})
        db.execute("INSERT INTO t(a) VALUES(?)", [name])
