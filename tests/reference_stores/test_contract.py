"""The whole contract, ours and chatkit's, on each store."""

from __future__ import annotations

import tempfile
import uuid
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import pytest

from reference_stores.memory import MemoryStore
from reference_stores.mysql import MySQLStore
from reference_stores.serving import survive_disconnect
from reference_stores.sqlite import SQLiteStore
from store_contract import Effort, StoreContract
from tests.reference_stores import on_mongodb
from tests.reference_stores.on_postgres import StoreIn, store_in_schema
from tests.reference_stores.samples import tenant
from tests.servers import mariadb

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable
    from contextlib import AbstractAsyncContextManager

    from store_contract.case import Profile
    from tests.servers import Server


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


class MySQLStoreAt(MySQLStore[Any]):
    """Knows its database, so that another can be opened there."""

    def __init__(self, url: str, schema: str) -> None:
        super().__init__(url, tenant=tenant, schema=schema)
        self.url, self.schema = url, schema

    def again(self) -> MySQLStoreAt:
        return MySQLStoreAt(self.url, self.schema)


class TestMySQLStore(StoreContract):
    profile: ClassVar[Profile] = "house"
    effort = Effort(seconds=60.0)
    second_store = staticmethod(MySQLStoreAt.again)
    wrap_stream = staticmethod(survive_disconnect)
    server: ClassVar[Server]

    @pytest.fixture(autouse=True, scope="class")
    @classmethod
    def find_server(cls, mysql_server: Server) -> None:
        cls.server = mysql_server

    @asynccontextmanager
    async def make_store(self) -> AsyncGenerator[MySQLStoreAt]:
        with mariadb.database(self.server) as name:
            async with MySQLStoreAt(self.server.url, name) as store:
                yield store


class TestPostgresStore(StoreContract):
    profile: ClassVar[Profile] = "house"
    effort = Effort(seconds=60.0)  # a round trip for each call, on a machine that does other things too
    second_store = staticmethod(StoreIn.again)
    wrap_stream = staticmethod(survive_disconnect)
    server: ClassVar[Server]

    @pytest.fixture(autouse=True, scope="class")
    @classmethod
    def find_server(cls, postgres_server: Server) -> None:
        cls.server = postgres_server

    def make_store(self) -> AbstractAsyncContextManager[StoreIn]:
        return store_in_schema(self.server.url)


class TestPostgresStoreBehindPgBouncer(TestPostgresStore):
    @pytest.fixture(autouse=True, scope="class")
    @classmethod
    def find_server(cls, pgbouncer_server: Server) -> None:
        cls.server = pgbouncer_server


class TestMongoDBStore(StoreContract):
    profile: ClassVar[Profile] = "house"
    effort = Effort(seconds=60.0)
    second_store = staticmethod(on_mongodb.StoreIn.again)
    wrap_stream = staticmethod(survive_disconnect)
    server: ClassVar[Server]

    @pytest.fixture(autouse=True, scope="class")
    @classmethod
    def find_server(cls, mongodb_server: Server) -> None:
        cls.server = mongodb_server

    def make_store(self) -> AbstractAsyncContextManager[on_mongodb.StoreIn]:
        return on_mongodb.store_in_database(self.server.url)


class TestMongoDBStoreOnMotor(TestMongoDBStore):
    second_store = staticmethod(on_mongodb.StoreOnMotor.again)

    def make_store(self) -> AbstractAsyncContextManager[on_mongodb.StoreIn]:
        return on_mongodb.store_on_motor(self.server.url)
