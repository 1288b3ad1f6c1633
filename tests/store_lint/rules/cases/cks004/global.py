import asyncpg
from chatkit.store import Store

pool = None


async def init():
    global pool
    pool = await asyncpg.create_pool("x")


async def q():
    async with pool.acquire() as c:  # CKS004
        return 1


async def q2():
    if pool is None:
        raise RuntimeError
    async with pool.acquire() as c:
        return 1


async def q3():
    if pool is None:
        await init()
    async with pool.acquire() as c:
        return 1
