import uuid

import psycopg
from chatkit.store import Store
from psycopg.types.json import Jsonb
from psycopg_pool import AsyncConnectionPool


class S(Store[dict]):
    def __init__(self, pool: AsyncConnectionPool) -> None:
        self.pool = pool

    async def save(self, name: str, limit: int) -> None:
        async with self.pool.connection() as connection:
            await connection.execute("SELECT %s, %s", (name,))  # CKS005
            await connection.execute("SELECT %s, %s", (name, limit))
            await connection.execute("SELECT %s, '%%'", (name,))
            await connection.execute("SELECT %s", (name, limit))  # CKS005
            await connection.execute("SELECT %s", ({"a": 1},))  # CKS005
            await connection.execute("SELECT %s", (Jsonb({"a": 1}),))
            await connection.execute("SELECT %s", ([name],))
            await connection.execute("SELECT %s", (uuid.uuid4(),))
            await connection.execute("SELECT 1 LIMIT %s", (str(limit),))
            await connection.execute("SELECT %s", name)  # CKS005
            await connection.execute("SELECT %s", (name))  # CKS005
            await connection.execute("SELECT %s")  # CKS005
            await connection.execute("SELECT %(a)s, %(b)s", {"a": name})  # CKS005
            await connection.execute("SELECT %(a)s", {"a": name, "b": limit})
            await connection.execute("SELECT %(a)s", (name,))  # CKS005
            await connection.execute("SELECT 1 FROM t WHERE %s IS NULL OR a = %s", (name, name))  # CKS005
            await connection.execute("SELECT 1 FROM t WHERE %s::text IS NULL OR a = %s", (name, name))
            await connection.execute("SELECT 1 FROM t WHERE %s IS NULL", (limit,))
            await connection.execute("SELECT 1 FROM t WHERE a = %(a)s OR %(a)s IS NULL", {"a": name})
            async with connection.cursor() as cursor:
                await cursor.execute("SELECT %s, %s", [name])  # CKS005
                await cursor.executemany("SELECT %s, %s", [(name, limit), (name,)])  # CKS005
