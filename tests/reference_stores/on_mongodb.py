"""Stores on a MongoDB server of the tests, each in a database of its own."""

from __future__ import annotations

import uuid
from contextlib import asynccontextmanager, contextmanager
from typing import TYPE_CHECKING, Any

from motor.motor_asyncio import AsyncIOMotorClient
from pymongo import AsyncMongoClient, MongoClient

from reference_stores.mongodb import MongoDBStore
from tests.reference_stores.samples import tenant

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Generator

Client = AsyncMongoClient[Any] | AsyncIOMotorClient[Any]


class StoreIn(MongoDBStore[Any]):
    """Knows where it lies, so that another can be opened there."""

    def __init__(self, client: str | Client, database: str, **options: Any) -> None:
        # FerretDB reads a whole collection where MongoDB reads an index.
        options = {"tenant": tenant, "database": database, "timeout": 60.0, **options}
        super().__init__(client, **options)
        self.client = client
        self.name = database

    def again(self) -> StoreIn:
        return StoreIn(self.client, self.name)


@contextmanager
def database(url: str) -> Generator[str]:
    """The name of a database that is not there yet, and is dropped in the end."""
    name = f"chatkit_{uuid.uuid4().hex}"
    try:
        yield name
    finally:
        with MongoClient[Any](url) as client:
            client.drop_database(name)


@asynccontextmanager
async def store_in_database(url: str) -> AsyncGenerator[StoreIn]:
    """A store in a database of its own, by PyMongo's client."""
    with database(url) as name:
        async with StoreIn(url, name) as store:
            yield store


@asynccontextmanager
async def motor_client(url: str) -> AsyncGenerator[AsyncIOMotorClient[Any]]:
    client = AsyncIOMotorClient[Any](url)
    try:
        yield client
    finally:
        client.close()


@asynccontextmanager
async def store_on_motor(url: str) -> AsyncGenerator[StoreIn]:
    """A store in a database of its own, by a Motor client that is not the store's."""
    with database(url) as name:
        async with motor_client(url) as client, StoreIn(client, name) as store:
            yield store
