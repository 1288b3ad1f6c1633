import asyncpg


class Database:
    def __init__(self, pool: asyncpg.Pool) -> None:
        self.pool = pool

    async def fetch(self, query: str, *args: object) -> list:
        async with self.pool.acquire() as connection:
            return await connection.fetch(query, *args)

    async def log(self, message: str, *args: object) -> None:
        print(message, *args)
