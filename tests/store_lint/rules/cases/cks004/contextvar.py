import asyncpg
from chatkit.store import Store

from contextvars import ContextVar

var: ContextVar[asyncpg.Pool | None] = ContextVar("pool", default=None)


async def q():
    pool = var.get()
    async with pool.acquire() as c:  # CKS004
        return 1


async def q1():
    pool = var.get()
    if pool is None:
        raise RuntimeError
    async with pool.acquire() as c:
        return 1
