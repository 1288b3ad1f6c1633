"""The whole contract, ours and chatkit's, on each store."""

from __future__ import annotations

import tempfile
import uuid
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import pytest

from reference_stores.memory import MemoryStore
from reference_stores.serving import survive_disconnect
from reference_stores.sqlite import SQLiteStore
from store_contract import Effort, StoreContract
from tests.reference_stores import on_mongodb, on_mysql
from tests.reference_stores.on_postgres import StoreIn, store_in_schema
from tests.reference_stores.samples import tenant

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable
    from contextlib import AbstractAsyncContextManager

    from store_contract.case import Case, Profile
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

    @classmethod
    def cases(cls) -> list[Case]:
        """Without those of a second store on the same data: this store holds its data itself."""
        return [case for case in super().cases() if "second_store" not in case.needs]


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
    second_store = staticmethod(again)
    wrap_stream = staticmethod(survive_disconnect)

    @classmethod
    def cases(cls) -> list[Case]:
        """Without the reopened store: the database ends with the last connection to it."""
        return [case for case in super().cases() if case.name != "C44_reopened_data_is_all_there"]


class TestMySQLStore(StoreContract):
    profile: ClassVar[Profile] = "house"
    effort = Effort(seconds=60.0)
    second_store = staticmethod(on_mysql.StoreIn.again)
    wrap_stream = staticmethod(survive_disconnect)
    server: ClassVar[Server]

    @pytest.fixture(autouse=True, scope="class")
    @classmethod
    def find_server(cls, mysql_server: Server) -> None:
        cls.server = mysql_server

    def make_store(self) -> AbstractAsyncContextManager[on_mysql.StoreIn]:
        return on_mysql.store_in_database(self.server)


class TestMySQLStoreOnAPool(TestMySQLStore):
    def make_store(self) -> AbstractAsyncContextManager[on_mysql.StoreIn]:
        return on_mysql.store_on_pool(self.server)


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
