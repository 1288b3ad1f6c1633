"""Proves that the store does what openai-chatkit relies on; each case gets a schema of its own."""

from __future__ import annotations

import os
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, cast
from uuid import uuid4

import asyncpg  # pyright: ignore[reportMissingTypeStubs] - it ships none
import pytest

from reference_stores.new.templates import tenant_of
from reference_stores.postgres import PostgresStore
from store_contract import StoreContract

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

URL = os.environ.get("CHATKIT_TEST_POSTGRES_URL", "")
pytestmark = pytest.mark.skipif(
    not URL, reason="CHATKIT_TEST_POSTGRES_URL names no server on which schemas may be made and dropped"
)


class NewStore(PostgresStore[Any]):
    """Knows its schema, so that another can be opened there."""

    def __init__(self, schema: str) -> None:
        # A server for tests may be slow.
        super().__init__(URL, tenant=tenant_of, timeout=30.0, schema=schema)
        self.schema = schema


@asynccontextmanager
async def new_store() -> AsyncGenerator[NewStore]:
    """A new, empty store, in a schema that is dropped afterwards."""
    schema = f"contract_{uuid4().hex}"
    try:
        async with NewStore(schema) as store:
            yield store
    finally:
        connection = await cast("Any", asyncpg).connect(URL)
        await connection.execute(f'DROP SCHEMA IF EXISTS "{schema}" CASCADE')
        await connection.close()


def second_store(store: NewStore) -> NewStore:
    """Another store on the same tables, as another process would have it."""
    return NewStore(store.schema)


class TestStore(StoreContract):
    """The whole contract, a test for each case."""

    profile = "house"
    make_store = staticmethod(new_store)
    second_store = staticmethod(second_store)
