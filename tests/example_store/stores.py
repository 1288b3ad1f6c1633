"""How an application makes its store, and how `store-contract` gets a new one for each case."""

import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from app.sqlite import SQLiteStore


def user_of(context: dict[str, Any]) -> str:
    return context["user_id"]


@asynccontextmanager
async def make_store() -> AsyncIterator[SQLiteStore[dict[str, Any]]]:
    with tempfile.TemporaryDirectory() as folder:
        async with SQLiteStore(f"{folder}/chat.db", tenant=user_of) as store:
            yield store
