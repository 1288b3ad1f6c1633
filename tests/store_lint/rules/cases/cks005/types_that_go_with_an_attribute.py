import asyncpg
from chatkit.store import Store


class S(Store[dict]):
    def __init__(self, pool: asyncpg.Pool, by_name: bool) -> None:
        self.pool = pool
        self.by_name = by_name

    async def find(self, name: str, number: int) -> object:
        if self.by_name:
            key = name
        else:
            key = number
        if self.by_name:
            return await self.pool.fetchrow("SELECT * FROM users WHERE name = $1::text", key)
        return await self.pool.fetchrow("SELECT * FROM users WHERE id = $1::int", key)

    async def find_otherwise(self, name: str, number: int) -> object:
        if self.by_name:
            key = name
        else:
            key = number
        if self.by_name:
            return await self.pool.fetchrow("SELECT * FROM users WHERE id = $1::int", key)  # CKS005
        return await self.pool.fetchrow("SELECT * FROM users WHERE name = $1::text", key)  # CKS005
