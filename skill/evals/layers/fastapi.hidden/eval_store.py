"""How the grader gets a new store of the application: its own, on a new database."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from skill.evals.databases import closing, fresh


@asynccontextmanager
async def make_store() -> AsyncIterator[Any]:
    from src.chat import make_store as applications_own
    from src.config import settings

    async with fresh(os.environ["EVALS_ENGINE"]) as url:
        settings.database_url = url
        async with closing(applications_own()) as store:
            yield store
