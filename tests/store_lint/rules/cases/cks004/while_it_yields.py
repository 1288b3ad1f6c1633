from contextlib import asynccontextmanager

import asyncpg

pool = None
is_ready = False
is_started = False


@asynccontextmanager
async def lifespan(app):
    global pool, is_ready, is_started
    is_started = True
    pool = await asyncpg.create_pool("postgresql://localhost")
    is_ready = True
    yield
    is_ready = False
    await pool.close()
    pool = None


async def load() -> object:
    if not is_ready:
        raise RuntimeError("not ready")
    return await pool.fetch("SELECT 1")


async def load_once_started() -> object:
    if not is_started:
        raise RuntimeError("not started")
    return await pool.fetch("SELECT 1")  # CKS004


class Store:
    def __init__(self) -> None:
        self.pool = None
        self.readers_pool = None
        self.is_ready = False
        self.is_started = False

    @asynccontextmanager
    async def lifespan(self, app):
        self.is_started = True
        self.pool = await asyncpg.create_pool("postgresql://localhost")
        self.is_ready = True
        yield
        self.is_ready = False
        await self.pool.close()
        self.pool = None

    async def load(self) -> object:
        if not self.is_ready:
            raise RuntimeError("not ready")
        return await self.pool.fetch("SELECT 1")

    async def load_once_started(self) -> object:
        if not self.is_started:
            raise RuntimeError("not started")
        return await self.pool.fetch("SELECT 1")  # CKS004

    async def load_while_ready(self) -> object:
        if self.is_ready:
            return await self.readers_pool.fetch("SELECT 1")  # CKS004
        return None
