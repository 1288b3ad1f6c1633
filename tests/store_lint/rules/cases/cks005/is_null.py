import asyncpg
from chatkit.store import Store


class S(Store[dict]):
    def __init__(self, pool: asyncpg.Pool) -> None:
        self.pool = pool

    async def find(self, name: str | None) -> None:
        await self.pool.fetch("SELECT 1 FROM t WHERE $1 IS NULL OR a = $1", name)  # CKS005
        await self.pool.fetch("SELECT 1 FROM t WHERE a = $1 OR $1 IS NULL", name)
        await self.pool.fetch("SELECT 1 FROM t WHERE ($1::text IS NULL OR a = $1)", name)
        await self.pool.fetch("SELECT 1 FROM t WHERE ($1 IS NOT NULL AND a = $1)", name)  # CKS005
        await self.pool.fetch("SELECT $1 IS NULL FROM t WHERE a = $1", name)  # CKS005
        await self.pool.fetch("SELECT $1 IS NULL FROM t JOIN u ON u.a = $1", name)
        await self.pool.fetch("SELECT 1 FROM t WHERE a = $1 GROUP BY a HAVING $1 IS NULL", name)
        await self.pool.execute("UPDATE t SET a = $1 WHERE $1 IS NULL", name)  # CKS005
        await self.pool.execute("INSERT INTO t (a) VALUES ($1) ON CONFLICT (a) DO UPDATE SET b = 1 WHERE $1 IS NULL", name)
        await self.pool.fetch("WITH c AS (SELECT 1 FROM t WHERE a = $1) SELECT 1 FROM c WHERE $1 IS NULL", name)
        await self.pool.fetch("SELECT CASE WHEN $1 IS NULL THEN 1 END FROM t WHERE a = $1", name)  # CKS005
        query = """
            SELECT 1 FROM t
            WHERE ($1 IS NULL OR a > $1)
        """
        await self.pool.fetch(query, name)  # CKS005
