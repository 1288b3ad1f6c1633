"""How the grader gets a new store of the application: its own, on an engine of a new database."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from skill.evals.databases import closing, fresh


@asynccontextmanager
async def make_store() -> AsyncIterator[Any]:
    from app.chat import make_store as applications_own
    from app.db import create_tables, make_engine

    async with fresh("sqlite") as url:
        engine = make_engine(url)
        await create_tables(engine)
        try:
            async with closing(applications_own(engine)) as store:
                yield store
        finally:
            await engine.dispose()
