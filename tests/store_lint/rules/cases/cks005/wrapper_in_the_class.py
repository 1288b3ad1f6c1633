import asyncpg
from chatkit.store import Store


class S(Store[dict]):
    def __init__(self, pool: asyncpg.Pool) -> None:
        self.pool = pool

    async def _fetch(self, query: str, *args: object) -> list:
        async with self.pool.acquire() as connection:
            return await connection.fetch(query, *args)

    async def find(self, name: str, limit: int) -> None:
        await self._fetch("SELECT 1 FROM t LIMIT $1", limit)
        params = [name]
        params.append(limit)  # CKS005
        await self._fetch("SELECT 1 FROM t WHERE a = $1 LIMIT $2", *params)
        await self._fetch("SELECT 1 FROM t LIMIT $1", str(limit))  # CKS005
        values: list[object] = [name, str(limit)]  # CKS005
        await self._fetch("SELECT 1 FROM t WHERE a = $1 LIMIT $2", *values)
