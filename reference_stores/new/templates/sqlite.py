"""Proves that the store does what openai-chatkit relies on; each case gets a new database."""

from __future__ import annotations

import tempfile
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from reference_stores.new.templates import tenant_of
from reference_stores.sqlite import SQLiteStore
from store_contract import StoreContract

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator


class NewStore(SQLiteStore[Any]):
    """Knows where it lies, so that another can be opened there."""

    def __init__(self, path: str) -> None:
        super().__init__(path, tenant=tenant_of)
        self.path = path


@asynccontextmanager
async def new_store() -> AsyncGenerator[NewStore]:
    """A new, empty store, in a file that is gone afterwards."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        async with NewStore(f"{folder}/chat.db") as store:
            yield store


def second_store(store: NewStore) -> NewStore:
    """Another store on the same file, as another process would have it."""
    return NewStore(store.path)


class TestStore(StoreContract):
    """The whole contract, a test for each case."""

    profile = "house"
    make_store = staticmethod(new_store)
    second_store = staticmethod(second_store)
