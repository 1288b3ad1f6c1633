import asyncpg
from chatkit.store import Store

POSTGRES = "CREATE TABLE notes (id TEXT, made TIMESTAMPTZ)"
SQLITE = "CREATE TABLE notes (id TEXT, made TEXT)"


class S(Store[dict]):
    def __init__(self, pool: asyncpg.Pool) -> None:
        self.pool = pool

    async def save(self, made: str) -> None:
        await self.pool.execute("UPDATE notes SET made = $1", made)
        await self.pool.execute("UPDATE notes SET id = $1", 5)  # CKS005
