"""Stores on a PostgreSQL server of the tests, each in a schema that is empty at first."""

from __future__ import annotations

import contextlib
import uuid
from collections import defaultdict
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, Final, cast

import asyncpg  # pyright: ignore[reportMissingTypeStubs] - it ships none

from reference_stores.postgres import PostgresStore
from tests.reference_stores.samples import tenant

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

_unused: Final[dict[str, list[str]]] = defaultdict(list)
"""Schemas with the tables of a store, and nothing in them, by the URL of their database."""


class StoreIn(PostgresStore[Any]):
    """Knows where it lies, so that another can be opened there."""

    def __init__(self, url: str, schema: str, **options: Any) -> None:
        options.setdefault("tenant", tenant)
        super().__init__(url, schema=schema, **options)
        self.url = url
        self.schema = schema

    def again(self) -> StoreIn:
        return StoreIn(self.url, self.schema)


@asynccontextmanager
async def connection(url: str) -> AsyncGenerator[Any]:
    """A connection of asyncpg, also through a pooler."""
    made = await cast("Any", asyncpg).connect(url, statement_cache_size=0)
    try:
        yield made
    finally:
        await made.close()


def empty_schema(url: str) -> str:
    """The name of a schema to put stores in: a new one, or one that was given back."""
    return _unused[url].pop() if _unused[url] else f"chatkit_{uuid.uuid4().hex}"


async def give_back(url: str, schema: str) -> None:
    """Empty the schema, for another test: that takes less time than to make tables again."""
    async with connection(url) as cleaner:
        for table in ("threads", "items", "attachments"):
            with contextlib.suppress(asyncpg.UndefinedTableError):  # the test used no store
                await cleaner.execute(f"DELETE FROM {schema}.chatkit_{table}")
    _unused[url].append(schema)


@asynccontextmanager
async def store_in_schema(url: str) -> AsyncGenerator[StoreIn]:
    """A store in a schema of its own."""
    schema = empty_schema(url)
    async with StoreIn(url, schema) as store:
        yield store
    await give_back(url, schema)
