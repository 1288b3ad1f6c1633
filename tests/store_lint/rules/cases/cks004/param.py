import asyncpg
from chatkit.store import Store


async def f(pool: asyncpg.Pool | None = None):
    return await pool.fetch("x")  # CKS004


async def g(pool: asyncpg.Pool):
    return await pool.fetch("x")


async def h(pool: asyncpg.Pool | None = None):
    pool = pool or await asyncpg.create_pool("x")
    return await pool.fetch("x")
