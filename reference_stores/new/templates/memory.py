"""Proves that the store does what openai-chatkit relies on; each case gets a new one."""

from __future__ import annotations

from typing import Any

from reference_stores.memory import MemoryStore
from reference_stores.new.templates import tenant_of
from store_contract import StoreContract


def new_store() -> MemoryStore[Any]:
    """A new, empty store."""
    return MemoryStore(tenant=tenant_of)


class TestStore(StoreContract):
    """The whole contract, a test for each case."""

    profile = "house"
    make_store = staticmethod(new_store)
