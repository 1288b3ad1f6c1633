import asyncpg


class Database:
    def __init__(self, pool: asyncpg.Pool) -> None:
        self.pool = pool

    async def fetch(self, query: str, *args: object) -> list:
        async with self.pool.acquire() as connection:
            return await connection.fetch(query, *args)

    async def log(self, message: str, *args: object) -> None:
        print(message, *args)

    async def run(self, *args: object) -> None:
        async with self.pool.acquire() as connection:
            await connection.execute(*args)

    async def fetch_within(self, query: str, *args: object, timeout: float = 5, **kwargs: object) -> list:
        async with self.pool.acquire() as connection:
            return await connection.fetch(query, *args)


async def execute(*args: object) -> None:
    print(*args)
