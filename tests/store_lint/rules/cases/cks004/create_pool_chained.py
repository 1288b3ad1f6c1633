import asyncpg
from chatkit.store import Store


async def f():
    pool = asyncpg.create_pool("x")
    await pool
    return await pool.fetch("x")
