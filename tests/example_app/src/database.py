"""One connection pool for the application."""

from typing import Optional

import asyncpg

from src.config import Config

pool: Optional[asyncpg.Pool] = None


async def connect() -> None:
    global pool
    if not Config.NEON_DATABASE_URL:
        return
    pool = await asyncpg.create_pool(Config.NEON_DATABASE_URL, max_size=10)


async def ping() -> bool:
    if pool is None:
        await connect()
    async with pool.acquire() as connection:
        return await connection.fetchval("SELECT 1") == 1
