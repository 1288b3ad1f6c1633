"""Each store, new, empty and with two tenants; what is the same for all is tested on all."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator, Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from reference_stores.memory import MemoryStore
from reference_stores.shared import BaseStore
from reference_stores.sqlite import SQLiteStore
from tests.reference_stores import on_mongodb, on_mysql
from tests.reference_stores.on_postgres import StoreIn, empty_schema, give_back
from tests.reference_stores.samples import tenant
from tests.servers import mariadb

if TYPE_CHECKING:
    from pathlib import Path

    from tests.servers import Server

AnyStore = BaseStore[dict[str, Any]]
MakeStore = Callable[..., AnyStore]


@pytest.fixture(
    params=[
        "memory",
        "sqlite file",
        "sqlite memory",
        "sqlite shared cache",
        "mysql",
        "postgres",
        "mongodb",
    ]
)
def make_store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[MakeStore]:
    """Makes stores on one database of the kind; those in memory have each their own."""
    if request.param == "mysql":
        server = request.getfixturevalue("mysql_server")
        with mariadb.database(server) as name:
            yield partial(on_mysql.StoreIn, server.url, name)
        return
    if request.param == "postgres":
        server = request.getfixturevalue("postgres_server")
        schema = request.getfixturevalue("postgres_schema")
        yield partial(StoreIn, server.url, schema)
        return
    if request.param == "mongodb":
        server = request.getfixturevalue("mongodb_server")
        with on_mongodb.database(server.url) as name:
            yield partial(on_mongodb.StoreIn, server.url, name)
        return
    path = {
        "sqlite file": str(tmp_path / "chat.db"),
        "sqlite memory": ":memory:",
        "sqlite shared cache": f"file:{uuid.uuid4().hex}?mode=memory&cache=shared",
    }.get(request.param)

    def make(**options: Any) -> AnyStore:
        options.setdefault("tenant", tenant)
        if path is None:
            return MemoryStore(**options)
        return SQLiteStore(path, **options)

    yield make


@pytest.fixture
def postgres_schema(postgres_server: Server) -> Iterator[str]:
    """A schema without rows."""
    schema = empty_schema(postgres_server.url)
    yield schema
    asyncio.run(give_back(postgres_server.url, schema))  # on a loop that no test has spoilt


@pytest.fixture
async def store(make_store: MakeStore) -> AsyncIterator[AnyStore]:
    async with make_store() as new:
        yield new
