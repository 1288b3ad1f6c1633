"""Proves that the store does what openai-chatkit relies on; each case gets a database of its own."""

from __future__ import annotations

import os
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import unquote, urlsplit
from uuid import uuid4

import aiomysql  # pyright: ignore[reportMissingTypeStubs] - it ships none
import pytest

from reference_stores.mysql import MySQLStore
from reference_stores.new.templates import tenant_of
from store_contract import StoreContract

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

URL = os.environ.get("CHATKIT_TEST_MYSQL_URL", "")
pytestmark = pytest.mark.skipif(
    not URL, reason="CHATKIT_TEST_MYSQL_URL names no server on which databases may be made and dropped"
)


class NewStore(MySQLStore[Any]):
    """Knows its database, so that another can be opened there."""

    def __init__(self, schema: str) -> None:
        # A server for tests may be slow.
        super().__init__(URL, tenant=tenant_of, timeout=30.0, schema=schema)
        self.schema = schema


@asynccontextmanager
async def new_store() -> AsyncGenerator[NewStore]:
    """A new, empty store, in a database that is dropped afterwards."""
    schema = f"contract_{uuid4().hex}"
    try:
        async with NewStore(schema) as store:
            yield store
    finally:
        await drop(schema)


async def drop(schema: str) -> None:
    """Drop the database, if the store came to make it."""
    url = urlsplit(URL)
    connection = await cast("Any", aiomysql).connect(
        host=url.hostname or "localhost",
        port=url.port or 3306,
        user=unquote(url.username or "root"),
        password=unquote(url.password or ""),
    )
    async with connection.cursor() as cursor:
        await cursor.execute(f"DROP DATABASE IF EXISTS {schema}")
    await connection.ensure_closed()


def second_store(store: NewStore) -> NewStore:
    """Another store on the same tables, as another process would have it."""
    return NewStore(store.schema)


class TestStore(StoreContract):
    """The whole contract, a test for each case."""

    profile = "house"
    make_store = staticmethod(new_store)
    second_store = staticmethod(second_store)
