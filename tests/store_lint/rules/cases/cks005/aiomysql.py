import aiomysql
from chatkit.store import Store


class S(Store[dict]):
    def __init__(self) -> None:
        self.pool = None

    async def find(self, name: str, limit: int) -> None:
        pool = await aiomysql.create_pool(host="localhost")
        async with pool.acquire() as connection:
            async with connection.cursor() as cursor:
                await cursor.execute("SELECT 1 FROM t WHERE a = %s LIMIT %s", (name, limit))
                await cursor.execute("SELECT 1 FROM t WHERE a = %s LIMIT %s", (name, str(limit)))  # CKS005
                await cursor.execute("SELECT 1 FROM t WHERE a = %s LIMIT %s", (name,))  # CKS005
                await cursor.execute("SELECT 1 FROM t WHERE a = %s", (name, limit))  # CKS005
                await cursor.execute("SELECT 1 FROM t WHERE a = %s", (limit,))
                await cursor.execute("SELECT 1 FROM t WHERE a = %s", name)
                await cursor.execute("SELECT 1 FROM t WHERE a = %(a)s", {"a": name})
                await cursor.execute("SELECT 1 FROM t WHERE a = %(a)s", {"b": name})  # CKS005
                await cursor.execute("SELECT 1 FROM t WHERE a = %s AND b = %s", name)  # CKS005
                params = [name]
                params.append(limit)  # CKS005
                await cursor.execute("SELECT 1 FROM t WHERE a = %s LIMIT %s", params)
                rows = [(name, limit), (name, limit)]
                await cursor.executemany("INSERT INTO t (a, b) VALUES (%s, %s)", rows)
                await cursor.executemany("INSERT INTO t (a) VALUES (%s)", rows)  # CKS005
                await cursor.execute("UPDATE t SET a = %s", ({"a": 1},))  # CKS005
                await cursor.execute("SELECT 1 FROM t WHERE a IN %s", ([name],))  # CKS005
