import asyncpg
from chatkit.store import Store


async def f():
    async with asyncpg.create_pool("x") as pool:
        async with pool.acquire() as c:
            return await c.fetch("x")
