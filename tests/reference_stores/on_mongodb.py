"""Stores on a MongoDB server of the tests, each in a database of its own."""

from __future__ import annotations

import uuid
from contextlib import asynccontextmanager, contextmanager
from typing import TYPE_CHECKING, Any

from motor.motor_asyncio import AsyncIOMotorClient
from pymongo import AsyncMongoClient, MongoClient
from typing_extensions import override

from reference_stores.mongodb import MongoDBStore
from tests.reference_stores.samples import tenant

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Generator

Client = AsyncMongoClient[Any] | AsyncIOMotorClient[Any]


class StoreIn(MongoDBStore[Any]):
    """Knows where it lies, so that another can be opened there."""

    def __init__(self, client: str | Client, database: str, **options: Any) -> None:
        # FerretDB reads a whole collection where MongoDB reads an index.
        limits = {"timeout": 60.0, "attempt_timeout": 60.0}
        options = {"tenant": tenant, "database": database, **limits, **options}
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


class StoreOnMotor(StoreIn):
    """A store with an application around it, which closes the client with the store."""

    def __init__(self, url: str, database: str) -> None:
        self._client = AsyncIOMotorClient[Any](url)
        super().__init__(self._client, database)
        self.url = url

    @override
    def again(self) -> StoreOnMotor:
        return StoreOnMotor(self.url, self.name)

    @override
    async def close(self) -> None:
        await super().close()
        self._client.close()


@asynccontextmanager
async def store_on_motor(url: str) -> AsyncGenerator[StoreIn]:
    """A store in a database of its own, by Motor's client."""
    with database(url) as name:
        async with StoreOnMotor(url, name) as store:
            yield store
