import json
import sqlite3

from chatkit.store import Store

sqlite3.register_adapter(dict, json.dumps)


class S(Store[dict]):
    async def save(self) -> None:
        db = sqlite3.connect("chat.db")
        db.execute("SELECT ?", ({"a": 1},))
