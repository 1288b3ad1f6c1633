"""The one pool of the application; everything shares it."""

import asyncpg

from api.settings import settings


async def open_pool() -> asyncpg.Pool:
    """A new pool. Whoever opens it closes it."""
    if settings.database_url is None:
        raise RuntimeError("DATABASE_URL is not set")
    return await asyncpg.create_pool(
        str(settings.database_url), min_size=1, max_size=settings.pool_size, command_timeout=10
    )


async def is_up(pool: asyncpg.Pool) -> bool:
    return await pool.fetchval("SELECT 1") == 1
