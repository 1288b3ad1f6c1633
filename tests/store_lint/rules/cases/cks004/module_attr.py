import asyncpg
from chatkit.store import Store


class State:
    pool: asyncpg.Pool | None = None


state = State()


async def startup():
    state.pool = await asyncpg.create_pool("x")


async def q():
    return await state.pool.fetch("x")  # CKS004


async def q2():
    if state.pool is None:
        raise RuntimeError
    return await state.pool.fetch("x")
