"""Each store, new, empty and with two tenants; what is the same for all is tested on all."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator, Callable
from typing import TYPE_CHECKING, Any

import pytest

from reference_stores.memory import MemoryStore
from reference_stores.shared import BaseStore
from reference_stores.sqlite import SQLiteStore
from tests.reference_stores.samples import tenant

if TYPE_CHECKING:
    from pathlib import Path

AnyStore = BaseStore[dict[str, Any]]
MakeStore = Callable[..., AnyStore]


@pytest.fixture(params=["memory", "sqlite file", "sqlite memory", "sqlite shared cache"])
def make_store(request: pytest.FixtureRequest, tmp_path: Path) -> MakeStore:
    """Makes stores on one database of the kind; those in memory have each their own."""
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

    return make


@pytest.fixture
async def store(make_store: MakeStore) -> AsyncIterator[AnyStore]:
    async with make_store() as new:
        yield new
