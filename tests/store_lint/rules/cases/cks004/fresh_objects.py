import asyncpg


class Owner:
    def __init__(self, pool: asyncpg.Pool) -> None:
        self.pool = pool

    async def close(self) -> None:
        self.pool = None


class Lazy:
    def __init__(self) -> None:
        self.pool = None

    async def connect(self) -> None:
        self.pool = await asyncpg.create_pool("postgresql://localhost")


async def fresh(pool: asyncpg.Pool) -> object:
    owner = Owner(pool)
    return await owner.pool.fetch("SELECT 1")


async def closed_in_the_end(pool: asyncpg.Pool) -> object:
    owner: Owner = Owner(pool)
    try:
        return await owner.pool.fetch("SELECT 1")
    finally:
        await owner.close()


async def closed(pool: asyncpg.Pool) -> object:
    owner = Owner(pool)
    await owner.close()
    return await owner.pool.fetch("SELECT 1")  # CKS004


async def set_to_none(pool: asyncpg.Pool) -> object:
    owner = Owner(pool)
    owner.pool = None
    return await owner.pool.fetch("SELECT 1")  # CKS004


async def closed_in_a_loop(pool: asyncpg.Pool, rows: list) -> None:
    owner = Owner(pool)
    for row in rows:
        print(row, await owner.pool.fetch("SELECT 1"))  # CKS004
        await owner.close()


async def made_in_a_loop(pool: asyncpg.Pool, rows: list) -> None:
    for row in rows:
        owner = Owner(pool)
        print(row, await owner.pool.fetch("SELECT 1"))
        await owner.close()


async def made_somewhere(owner: Owner) -> object:
    return await owner.pool.fetch("SELECT 1")  # CKS004


async def found_somewhere(registry: dict) -> object:
    owner: Owner = registry.get("owner")
    return await owner.pool.fetch("SELECT 1")  # CKS004


async def not_connected() -> object:
    lazy = Lazy()
    return await lazy.pool.fetch("SELECT 1")  # CKS004


async def connected() -> object:
    lazy = Lazy()
    await lazy.connect()
    return await lazy.pool.fetch("SELECT 1")
