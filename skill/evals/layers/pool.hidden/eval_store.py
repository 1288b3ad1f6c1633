"""How the grader gets a new store of the application: its own, on a pool of a new database."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from pydantic import PostgresDsn

from skill.evals.databases import closing, fresh


@asynccontextmanager
async def make_store() -> AsyncIterator[Any]:
    from api.chat import make_store as applications_own
    from api.database import open_pool
    from api.settings import settings

    async with fresh("postgres") as url:
        settings.database_url = PostgresDsn(url)
        pool = await open_pool()
        try:
            async with closing(applications_own(pool)) as store:
                yield store
        finally:
            await pool.close()
