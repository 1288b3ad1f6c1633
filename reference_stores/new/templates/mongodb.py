"""Proves that the store does what openai-chatkit relies on; each case gets a database of its own."""

from __future__ import annotations

import os
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from pymongo import AsyncMongoClient

from reference_stores.mongodb import MongoDBStore
from reference_stores.new.templates import tenant_of
from store_contract import StoreContract

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

URL = os.environ.get("CHATKIT_TEST_MONGODB_URL", "")
pytestmark = pytest.mark.skipif(
    not URL,
    reason="CHATKIT_TEST_MONGODB_URL names no server on which databases may be dropped",
)


class NewStore(MongoDBStore[Any]):
    """Knows its database, so that another can be opened there."""

    def __init__(self, database: str) -> None:
        # A server for tests may be slow.
        super().__init__(URL, tenant=tenant_of, timeout=30.0, database=database)
        self.database = database


@asynccontextmanager
async def new_store() -> AsyncGenerator[NewStore]:
    """A new, empty store, in a database that is dropped afterwards."""
    database = f"contract_{uuid4().hex}"
    try:
        async with NewStore(database) as store:
            yield store
    finally:
        async with AsyncMongoClient[Any](URL) as client:
            await client.drop_database(database)


def second_store(store: NewStore) -> NewStore:
    """Another store on the same data, as another process would have it."""
    return NewStore(store.database)


class TestStore(StoreContract):
    """The whole contract, a test for each case."""

    profile = "house"
    make_store = staticmethod(new_store)
    second_store = staticmethod(second_store)
