"""What SQLite adds: plans, migrations, locks, several processes, and death at any moment."""

from __future__ import annotations

import asyncio
import contextlib
import multiprocessing
import os
import random
import signal
import sqlite3
import threading
import time
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from chatkit.store import NotFoundError

from reference_stores import sqlite
from reference_stores.shared import (
    FAKE_ID,
    SchemaTooNewError,
    StoreError,
    StoreUnavailable,
    single_tenant,
)
from reference_stores.sqlite import SQLiteStore
from tests.reference_stores.samples import ALICE, answer, attachment, tenant, texts, thread

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from multiprocessing.connection import Connection
    from multiprocessing.context import ForkServerProcess
    from pathlib import Path

_processes = multiprocessing.get_context("forkserver")
_processes.set_forkserver_preload(["tests.reference_stores.test_sqlite"])


def store_in(path: Path, **options: Any) -> SQLiteStore[Any]:
    options.setdefault("tenant", tenant)
    return SQLiteStore(path, **options)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "chat.db"


async def threads_at_most(count: int) -> None:
    for _ in range(200):
        if threading.active_count() <= count:
            return
        await asyncio.sleep(0.01)
    raise AssertionError(f"{threading.active_count()} threads are left of {count}")


def query(path: Path, statement: str, *parameters: object) -> list[Any]:
    with contextlib.closing(sqlite3.connect(path)) as connection:
        return connection.execute(statement, parameters).fetchall()


# --- Connections ---


async def test_the_file_is_in_wal_mode_and_writes_are_synchronous(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = record_connections(monkeypatch)
    for synchronous, level in (("FULL", 2), ("NORMAL", 1)):
        made.clear()
        async with store_in(path, synchronous=synchronous, readers=2) as store:
            await store.save_thread(thread(), ALICE)
            assert [connection.pragmas["synchronous"] for connection in made] == [level] * 3
            assert [connection.pragmas["query_only"] for connection in made] == [0, 1, 1]
    assert query(path, "PRAGMA journal_mode") == [("wal",)]
    with pytest.raises(ValueError, match="synchronous"):
        store_in(path, synchronous="OFF")
    with pytest.raises(ValueError, match="readers"):
        store_in(path, readers=0)


async def test_closing_ends_the_threads_and_leaves_one_file(path: Path) -> None:
    before = threading.active_count()
    async with store_in(path) as store:
        await store.save_thread(thread(), ALICE)
        assert threading.active_count() > before
    await threads_at_most(before)
    assert [file.name for file in path.parent.iterdir()] == ["chat.db"]


async def test_a_path_that_cannot_be_opened_is_an_error_with_its_cause(tmp_path: Path) -> None:
    before = threading.active_count()
    store = store_in(tmp_path / "missing" / "chat.db")
    with pytest.raises(StoreError, match="unable to open") as failure:
        await store.load_thread("thr_1", ALICE)
    assert isinstance(failure.value.__cause__, sqlite3.OperationalError)
    assert threading.active_count() <= before
    await store.close()
    await threads_at_most(before)


async def test_a_file_that_is_no_database_is_an_error(path: Path) -> None:
    path.write_bytes(b"something else entirely" * 100)
    store = store_in(path)
    with pytest.raises(StoreError, match="not a database"):
        await store.setup()
    await store.close()


async def test_a_failed_connection_can_be_tried_again(tmp_path: Path) -> None:
    store = store_in(tmp_path / "later" / "chat.db")
    with pytest.raises(StoreError):
        await store.connect()
    (tmp_path / "later").mkdir()
    await store.save_thread(thread(), ALICE)
    await store.close()


async def test_stores_on_one_shared_cache_see_each_other() -> None:
    uri = f"file:{os.urandom(8).hex()}?mode=memory&cache=shared"
    first, second = (SQLiteStore[Any](uri, tenant=tenant) for _ in range(2))
    await asyncio.gather(first.connect(), second.connect())
    await first.save_thread(thread(), ALICE)
    await asyncio.gather(
        *(first.add_thread_item("thr_1", answer(f"a{n}"), ALICE) for n in range(100)),
        *(second.add_thread_item("thr_1", answer(f"b{n}"), ALICE) for n in range(100)),
        *(second.load_thread_items("thr_1", None, 50, "desc", ALICE) for _ in range(100)),
    )
    for store in (first, second):
        assert len((await store.load_thread_items("thr_1", None, 1000, "asc", ALICE)).data) == 200
        await store.close()


async def test_the_event_loop_is_free_while_the_disk_is_slow(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = record_connections(monkeypatch, delay=0.3)
    async with store_in(path) as store:
        await store.save_thread(thread(), ALICE)
        for connection in made:
            connection.slow = True
        slow: list[asyncio.Task[Any]] = [
            asyncio.create_task(store.add_thread_item("thr_1", answer("m1"), ALICE)),
            asyncio.create_task(store.load_thread("thr_1", ALICE)),
        ]
        longest = 0.0
        while not all(task.done() for task in slow):
            began = time.perf_counter()
            await asyncio.sleep(0.005)
            longest = max(longest, time.perf_counter() - began)
        await asyncio.gather(*slow)
    assert longest < 0.2


async def test_readers_do_not_wait_for_the_writer_nor_for_each_other(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = record_connections(monkeypatch, delay=0.5)
    async with store_in(path, readers=2) as store:
        await store.save_thread(thread(), ALICE)
        writer, reader, _ = made
        writer.slow = reader.slow = True
        slow: list[asyncio.Task[Any]] = [
            asyncio.create_task(store.add_thread_item("thr_1", answer("m1"), ALICE)),
            asyncio.create_task(store.load_thread("thr_1", ALICE)),
        ]
        await asyncio.sleep(0.01)
        await store.load_thread("thr_1", ALICE)
        assert not any(task.done() for task in slow)
        await asyncio.gather(*slow)


# --- Writing together ---


async def test_writes_that_wait_together_are_committed_together(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (made := record_connections(monkeypatch)).clear()
    async with store_in(path) as store:
        await store.save_thread(thread(), ALICE)
        made[0].statements.clear()
        await asyncio.gather(
            *(store.add_thread_item("thr_1", answer(f"m{n}"), ALICE) for n in range(200))
        )
        commits = made[0].statements.count("COMMIT")
        assert len((await store.load_thread_items("thr_1", None, 1000, "asc", ALICE)).data) == 200
    assert commits < 50


async def test_one_bad_write_does_not_harm_those_committed_with_it(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = record_connections(monkeypatch)
    async with store_in(path) as store:
        await store.save_thread(thread(), ALICE)
        made[0].poison = "'m7'"
        outcomes = await asyncio.gather(
            *(store.add_thread_item("thr_1", answer(f"m{n}"), ALICE) for n in range(20)),
            return_exceptions=True,
        )
        failed = [number for number, outcome in enumerate(outcomes) if outcome is not None]
        assert failed == [7]
        assert type(outcomes[7]) is StoreError
        assert isinstance(outcomes[7].__cause__, sqlite3.DataError)
        assert len((await store.load_thread_items("thr_1", None, 100, "asc", ALICE)).data) == 19


async def test_a_cancelled_write_harms_no_other(path: Path) -> None:
    async with store_in(path) as store:
        await store.save_thread(thread(), ALICE)
        writes = [
            asyncio.create_task(store.add_thread_item("thr_1", answer(f"m{n}"), ALICE))
            for n in range(20)
        ]
        await asyncio.sleep(0)
        writes[3].cancel()
        outcomes = await asyncio.gather(*writes, return_exceptions=True)
        assert [outcome for outcome in outcomes if outcome is not None] == [outcomes[3]]
        assert len((await store.load_thread_items("thr_1", None, 100, "asc", ALICE)).data) >= 19


async def test_a_lock_that_stays_is_an_error_in_bounded_time_and_may_be_retried(path: Path) -> None:
    async with store_in(path, timeout=0.3) as store:
        await store.save_thread(thread(), ALICE)
        with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            began = time.monotonic()
            outcomes = await asyncio.gather(
                *(store.add_thread_item("thr_1", answer(f"m{n}"), ALICE) for n in range(50)),
                return_exceptions=True,
            )
            assert time.monotonic() - began < 2
            assert {type(outcome) for outcome in outcomes} == {StoreUnavailable}
            assert isinstance(outcomes[0], Exception)
            assert isinstance(outcomes[0].__cause__, sqlite3.OperationalError)
            assert await store.load_thread("thr_1", ALICE) == thread()
            other.execute("ROLLBACK")
        await store.add_thread_item("thr_1", answer("m1"), ALICE)


# --- Statements ---


class RecordingConnection(sqlite3.Connection):
    """Keeps what was executed, and does harm where a test asks for it."""

    delay = 0.0

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.statements: list[str] = []
        self.parameters: list[Any] = []
        self.pragmas: dict[str, int] = {}
        self.slow = False
        self.poison: str | None = None

    def execute(self, statement: str, parameters: Any = (), /) -> sqlite3.Cursor:
        if self.slow and statement.lstrip().startswith(("SELECT", "INSERT")):
            time.sleep(self.delay)
        if self.poison and self.poison in str(parameters):
            raise sqlite3.DataError("string or blob too big")
        self.statements.append(statement)
        self.parameters.append(parameters)
        cursor = super().execute(statement, parameters)
        for name in ("synchronous", "query_only"):
            if statement.startswith(f"PRAGMA {name} ="):
                self.pragmas[name] = super().execute(f"PRAGMA {name}").fetchone()[0]
        return cursor


def record_connections(
    monkeypatch: pytest.MonkeyPatch, delay: float = 0.0
) -> list[RecordingConnection]:
    """The connections that are made from now on, in order: first a store's writer."""
    made: list[RecordingConnection] = []
    connect = sqlite3.connect

    def recording(*args: Any, **options: Any) -> RecordingConnection:
        connection = connect(*args, **options, factory=RecordingConnection)
        connection.delay = delay
        made.append(connection)
        return connection

    monkeypatch.setattr(sqlite3, "connect", recording)
    return made


async def use_everything(store: SQLiteStore[Any]) -> None:
    for number in range(30):
        await store.save_thread(thread(f"thr_{number}", number // 3), ALICE)
    for number in range(30):
        await store.add_thread_item("thr_1", answer(f"m{number}", seconds=number // 3), ALICE)
        await store.save_attachment(attachment(f"atc_{number}"), ALICE)
    await store.add_thread_item("thr_1", answer(FAKE_ID), ALICE)
    await store.save_item("thr_1", answer(FAKE_ID), ALICE)
    await store.delete_thread_item("thr_1", "m3", ALICE)
    await store.delete_thread("thr_3", ALICE)
    for order in ("asc", "desc"):
        for after in (None, "m3", "m4"):
            await store.load_thread_items("thr_1", after, 5, order, ALICE)
        for after in (None, "thr_3", "thr_4"):
            await store.load_threads(5, after, order, ALICE)
    await store.load_item("thr_1", "m1", ALICE)
    await store.load_thread("thr_1", ALICE)
    await store.load_attachment("atc_1", ALICE)
    await store.delete_attachment("atc_1", ALICE)
    for unknown in (
        store.load_thread_items("thr_1", "unknown", 5, "asc", ALICE),
        store.load_threads(5, "unknown", "asc", ALICE),
    ):
        with pytest.raises(NotFoundError):
            await unknown


async def test_no_statement_of_a_conversation_scans_or_sorts(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = record_connections(monkeypatch)
    async with store_in(path) as store:
        for connection in made:
            connection.statements.clear()
            connection.parameters.clear()
        await use_everything(store)
        ran = {
            statement: parameters
            for connection in made
            for statement, parameters in zip(connection.statements, connection.parameters, strict=True)
            if not statement.startswith(("BEGIN", "COMMIT"))
        }
    assert len(ran) > 20
    for statement, parameters in ran.items():
        with contextlib.closing(sqlite3.connect(path)) as connection:
            plan = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {statement}", parameters)]
        assert not [step for step in plan if "TEMP B-TREE" in step], (statement, plan)
        scans = [step for step in plan if step.startswith("SCAN") and step != "SCAN CONSTANT ROW"]
        assert not scans, (statement, plan)


async def test_pages_of_rows_of_one_moment_start_at_the_cursor(path: Path) -> None:
    """An index that is searched by time alone would step through all of them."""
    async with store_in(path) as store:
        await store.save_thread(thread(), ALICE)
        await store.add_thread_item("thr_1", answer("first"), ALICE)
        (sort_key, payload), *_ = query(path, "SELECT sort_key, payload FROM chatkit_items")
        with contextlib.closing(sqlite3.connect(path)) as connection:
            connection.execute(
                """
                WITH RECURSIVE numbers (n) AS (
                    SELECT 0 UNION ALL SELECT n + 1 FROM numbers WHERE n < 199999
                )
                INSERT INTO chatkit_items (tenant, thread_id, id, sort_key, fake, payload)
                SELECT 'alice', 'thr_1', 'm' || n, ?, 0, ? FROM numbers
                """,
                (sort_key, payload),
            )
            connection.commit()

        async def fastest(after: str, order: str) -> float:
            times: list[float] = []
            for _ in range(30):
                began = time.perf_counter()
                page = await store.load_thread_items("thr_1", after, 20, order, ALICE)
                times.append(time.perf_counter() - began)
                assert len(page.data) == 20
            return min(times)

        near = await fastest("m10", "asc")
        assert await fastest("m100000", "asc") < 5 * near
        assert await fastest("m100000", "desc") < 5 * near


# --- Migrations ---


async def test_a_newer_schema_is_refused(path: Path) -> None:
    async with store_in(path) as store:
        await store.save_thread(thread(), ALICE)
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.execute("UPDATE chatkit_schema SET version = version + 1")
        connection.commit()
    store = store_in(path)
    for use in (store.connect, store.setup):
        with pytest.raises(SchemaTooNewError, match="update"):
            await use()
    await store.close()
    assert query(path, "SELECT id FROM chatkit_threads") == [("thr_1",)]


async def test_an_older_schema_is_migrated_once_and_keeps_its_rows(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with store_in(path) as store:
        await store.save_thread(thread(), ALICE)
    released = sqlite.MIGRATIONS
    more = ("ALTER TABLE chatkit_threads ADD COLUMN note TEXT", "CREATE TABLE chatkit_extra (id TEXT)")
    monkeypatch.setattr(sqlite, "MIGRATIONS", (*released, more))
    stores = [store_in(path) for _ in range(8)]
    await asyncio.gather(*(store.setup() for store in stores))
    for store in stores:
        assert await store.load_thread("thr_1", ALICE) == thread()
        await store.close()
    assert query(path, "SELECT version FROM chatkit_schema") == [(len(released) + 1,)]
    assert query(path, "SELECT note FROM chatkit_threads") == [(None,)]


async def test_a_migration_that_fails_leaves_the_old_schema(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with store_in(path) as store:
        await store.save_thread(thread(), ALICE)
    with monkeypatch.context() as patch:
        wrong = ("CREATE TABLE chatkit_extra (id TEXT)", "nonsense")
        patch.setattr(sqlite, "MIGRATIONS", (*sqlite.MIGRATIONS, wrong))
        store = store_in(path)
        with pytest.raises(StoreError):
            await store.setup()
        await store.close()
    assert not query(path, "SELECT 1 FROM sqlite_master WHERE name = 'chatkit_extra'")
    async with store_in(path) as store:
        assert await store.load_thread("thr_1", ALICE) == thread()


async def test_a_database_that_others_use_keeps_their_tables(path: Path) -> None:
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE threads (id TEXT)")
        connection.execute("PRAGMA user_version = 41")
        connection.commit()
    async with store_in(path) as store:
        await store.save_thread(thread(), ALICE)
    assert query(path, "PRAGMA user_version") == [(41,)]
    assert query(path, "SELECT * FROM threads") == []


# --- Processes ---


def in_process(work: Callable[..., Any], *arguments: Any) -> ForkServerProcess:
    process = _processes.Process(target=work, args=arguments)
    process.start()
    return process


def add_many(path: str, name: str, count: int) -> None:
    async def run() -> None:
        async with SQLiteStore[Any](path, tenant=single_tenant("app"), timeout=30) as store:
            await store.save_thread(thread(), None)
            for start in range(0, count, 10):
                await asyncio.gather(
                    *(
                        store.add_thread_item("thr_1", answer(f"{name}{n}"), None)
                        for n in range(start, start + 10)
                    )
                )

    asyncio.run(run())


async def test_processes_write_to_one_new_file_and_nothing_is_lost(path: Path) -> None:
    processes = [in_process(add_many, str(path), name, 100) for name in "abcd"]
    for process in processes:
        await asyncio.to_thread(process.join, 60)
        assert process.exitcode == 0
    async with store_in(path, tenant=single_tenant("app")) as store:
        items = (await store.load_thread_items("thr_1", None, 1000, "asc", ALICE)).data
    assert sorted(item.id for item in items) == sorted(
        f"{name}{n}" for name in "abcd" for n in range(100)
    )


def write_until_killed(path: str, life: int, acknowledged: Connection) -> None:
    async def write(store: SQLiteStore[Any], writer: int) -> None:
        for number in range(1_000_000):
            name = f"{life}.{writer}.{number}"
            await store.add_thread_item("thr_1", answer(name, name * 50), None)
            acknowledged.send_bytes(name.encode())

    async def run() -> None:
        store = SQLiteStore[Any](path, tenant=single_tenant("app"))
        await store.save_thread(thread(), None)
        await asyncio.gather(*(write(store, writer) for writer in range(4)))

    asyncio.run(run())


def received(pipe: Connection) -> Iterator[str]:
    with contextlib.suppress(EOFError):
        while True:
            yield pipe.recv_bytes().decode()


async def test_fifty_kills_lose_no_acknowledged_write(path: Path) -> None:
    chance = random.Random(4)
    acknowledged: set[str] = set()
    for life in range(50):
        pipe, theirs = _processes.Pipe(duplex=False)
        process = in_process(write_until_killed, str(path), life, theirs)
        theirs.close()
        if pipe.poll(20):
            time.sleep(chance.uniform(0, 0.06))
        assert process.pid is not None
        os.kill(process.pid, signal.SIGKILL)
        process.join()
        acknowledged.update(received(pipe))
        pipe.close()
    assert len(acknowledged) > 200
    assert query(path, "PRAGMA integrity_check") == [("ok",)]
    async with store_in(path, tenant=single_tenant("app")) as store:
        kept: dict[str, str] = {}
        after: str | None = None
        while True:
            page = await store.load_thread_items("thr_1", after, 1000, "asc", ALICE)
            kept.update(zip((item.id for item in page.data), texts(page.data), strict=True))
            if not page.has_more:
                break
            after = page.after
        assert acknowledged <= kept.keys()
        assert all(text == name * 50 for name, text in kept.items())
        await store.add_thread_item("thr_1", answer("after all"), ALICE)
        assert await store.purge(timedelta(days=1)) == 0
