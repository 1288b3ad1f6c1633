"""Stores on a MySQL or MariaDB server of the tests, each in a database of its own."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, cast

import aiomysql  # pyright: ignore[reportMissingTypeStubs]

from reference_stores.mysql import MySQLStore
from tests.reference_stores.samples import tenant
from tests.servers import mariadb

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from tests.servers import Server


class StoreIn(MySQLStore[Any]):
    """Knows where it lies, so that another can be opened there."""

    def __init__(self, source: Any, schema: str, **options: Any) -> None:
        options.setdefault("tenant", tenant)
        super().__init__(source, schema=schema, **options)
        self.source = source
        self.schema = schema

    def again(self) -> StoreIn:
        return StoreIn(self.source, self.schema)


@asynccontextmanager
async def store_in_database(server: Server) -> AsyncGenerator[StoreIn]:
    """A store with connections of its own."""
    with mariadb.database(server) as name:
        async with StoreIn(server.url, name) as store:
            yield store


@asynccontextmanager
async def store_on_pool(server: Server) -> AsyncGenerator[StoreIn]:
    """A store on a pool without autocommit and with repeatable reads, as if nothing was said."""
    with mariadb.database(server) as name:
        async with pool(server) as connections, StoreIn(connections, name) as store:
            yield store


@asynccontextmanager
async def pool(server: Server, **options: Any) -> AsyncGenerator[Any]:
    """A pool as an application makes one."""
    login = mariadb.login(server)
    login["db"] = login.pop("database")
    async with cast("Any", aiomysql).create_pool(**login, **options) as made:
        yield made
