"""The whole contract, ours and chatkit's, on each store."""

from __future__ import annotations

import tempfile
import uuid
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from reference_stores.memory import MemoryStore
from reference_stores.serving import survive_disconnect
from reference_stores.sqlite import SQLiteStore
from store_contract import StoreContract
from tests.reference_stores.samples import tenant

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable

    from store_contract.case import Profile


class StoreAt(SQLiteStore[Any]):
    """Knows where it lies, so that another can be opened there."""

    def __init__(self, path: str) -> None:
        super().__init__(path, tenant=tenant)
        self.path = path


@asynccontextmanager
async def in_a_file() -> AsyncGenerator[StoreAt]:
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        async with StoreAt(str(Path(folder) / "chat.db")) as store:
            yield store


def again(store: StoreAt) -> StoreAt:
    return StoreAt(store.path)


class TestMemoryStore(StoreContract):
    profile: ClassVar[Profile] = "house"
    make_store: Callable[..., Any] = staticmethod(lambda: MemoryStore[Any](tenant=tenant))
    wrap_stream = staticmethod(survive_disconnect)


class TestSQLiteStore(StoreContract):
    profile: ClassVar[Profile] = "house"
    make_store = staticmethod(in_a_file)
    second_store = staticmethod(again)
    wrap_stream = staticmethod(survive_disconnect)


class TestSQLiteStoreInASharedCache(StoreContract):
    profile: ClassVar[Profile] = "house"
    make_store: Callable[..., Any] = staticmethod(
        lambda: StoreAt(f"file:{uuid.uuid4().hex}?mode=memory&cache=shared")
    )
    wrap_stream = staticmethod(survive_disconnect)
