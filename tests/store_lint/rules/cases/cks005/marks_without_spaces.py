import aiomysql
import asyncpg
from chatkit.store import Store


class S(Store[dict]):
    def __init__(self, pool: asyncpg.Pool) -> None:
        self.pool = pool

    async def in_postgres(self, name: str, limit: int) -> None:
        await self.pool.fetch("SELECT 1 FROM t WHERE a=$1 AND b<>$2 LIMIT $3", name, name, limit)
        await self.pool.fetch("SELECT 1 FROM t WHERE a=$1 AND b<>$2 LIMIT $3", name, limit)  # CKS005
        await self.pool.fetch("SELECT 1 FROM t WHERE data?'x' AND data?|$1", [name])
        await self.pool.fetch("SELECT 1 FROM t WHERE a=$1::text--$2", name)

    async def in_mysql(self, cursor: aiomysql.Cursor, name: str) -> None:
        await cursor.execute("SELECT 1 FROM t WHERE a=%s AND b!=%s", (name, name))
        await cursor.execute("SELECT 1 FROM t WHERE a=%s AND b!=%s", (name,))  # CKS005
        await cursor.execute("SELECT 1 FROM t WHERE a LIKE '%%x' AND b=%(b)s", {"b": name})
