"""What MySQL and MariaDB add: plans, collations, packets, pools, locks, TLS, migrations."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import socket
import ssl
import time
import uuid
import warnings
from typing import TYPE_CHECKING, Any, cast

import aiomysql  # pyright: ignore[reportMissingTypeStubs]
import pytest
from chatkit.store import NotFoundError

from reference_stores import mysql
from reference_stores.mysql import MySQLStore
from reference_stores.shared import (
    FAKE_ID,
    PayloadError,
    SchemaTooNewError,
    StoreClosedError,
    StoreError,
    StoreUnavailable,
)
from tests import servers
from tests.reference_stores.on_mysql import pool
from tests.reference_stores.samples import ALICE, BOB, answer, attachment, tenant, texts, thread
from tests.servers import mariadb

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator

    from tests.servers import Server


SMALL_PACKET = 2**20


@pytest.fixture
def schema(mysql_server: Server) -> Iterator[str]:
    with mariadb.database(mysql_server) as name:
        yield name


@pytest.fixture
def open_store(mysql_server: Server, schema: str) -> Callable[..., MySQLStore[Any]]:
    """Makes stores on one new database."""

    def make(**options: Any) -> MySQLStore[Any]:
        options = {"tenant": tenant, "schema": schema, **options}
        return MySQLStore(mysql_server.url, **options)

    return make


@pytest.fixture(scope="module")
def odd_server() -> Iterator[mariadb.MariaDB]:
    """A server with every setting that could harm a careless store, and with TLS."""
    settings = {
        "sql_mode": "NO_BACKSLASH_ESCAPES,ANSI_QUOTES,PIPES_AS_CONCAT,NO_ZERO_IN_DATE",
        "character_set_server": "latin1",
        "collation_server": "latin1_swedish_ci",
        "transaction_isolation": "SERIALIZABLE",
        "autocommit": "0",
        "max_allowed_packet": str(SMALL_PACKET),
    }
    with servers.or_skip(mariadb.throw_away(settings, tls=True)) as server:
        yield server


def connections(server: Server) -> set[int]:
    """Those of others that the server knows."""
    listed = mariadb.query(
        server,
        "SELECT id FROM information_schema.processlist WHERE id <> CONNECTION_ID() "
        "AND user NOT IN ('system user', 'event_scheduler')",
    )
    return {number for (number,) in listed}


async def connections_become(server: Server, expected: set[int]) -> None:
    for _ in range(200):
        if connections(server) == expected:
            return
        await asyncio.sleep(0.02)
    raise AssertionError(f"{connections(server)} are left, not {expected}")


@contextlib.contextmanager
def session(server: Server, schema: str) -> Generator[Callable[..., list[Any]]]:
    """Executes statements in one transaction, that is left open meanwhile."""
    with mariadb.connect(server, schema) as connection, connection.cursor() as cursor:

        def execute(statement: str, *values: object) -> list[Any]:
            cursor.execute(statement, values or None)
            return list(cursor.fetchall())

        execute("SET autocommit = 0")
        yield execute
        connection.rollback()


@pytest.fixture
def packets(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """What is sent from now on."""
    sent: list[bytes] = []
    query: Any = cast("Any", aiomysql.Connection).query

    async def recording(self: Any, sql: Any, *rest: Any, **options: Any) -> Any:
        sent.append(sql)
        return await query(self, sql, *rest, **options)

    monkeypatch.setattr(aiomysql.Connection, "query", recording)
    return sent


# --- Plans ---


def fill(server: Server, schema: str, count: int = 20_000) -> None:
    """Many more threads and items, the items in one thread and at a few times."""
    numbers = " CROSS JOIN ".join(
        f"({' UNION ALL '.join(f'SELECT {n} d{p}' for n in range(10))}) t{p}" for p in range(5)
    )
    number = "d0 + 10 * d1 + 100 * d2 + 1000 * d3 + 10000 * d4"
    for statement in (
        f"""
        INSERT INTO chatkit_items (tenant, thread_id, id, sort_key, sequence, fake, payload)
        SELECT 'alice', 'thr_1', CONCAT('x', {number}), ({number}) DIV 5000, {number}, 0, payload
        FROM {numbers} JOIN (SELECT payload FROM chatkit_items LIMIT 1) AS one
        WHERE {number} < {count}
        """,
        f"""
        INSERT INTO chatkit_threads (tenant, id, sort_key, sequence, last_sequence, deleted_at, payload)
        SELECT 'alice', CONCAT('x', {number}), ({number}) DIV 5000, {number}, 0, ({number}) % 2, payload
        FROM {numbers} JOIN (SELECT payload FROM chatkit_threads LIMIT 1) AS one
        WHERE {number} < {count}
        """,
        "ANALYZE TABLE chatkit_items, chatkit_threads",
    ):
        mariadb.query(server, statement, database=schema)


async def use_everything(store: MySQLStore[Any]) -> None:
    for number in range(10):
        await store.save_thread(thread(f"thr_{number}", number // 3), ALICE)
    for number in range(10):
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
    mysql_server: Server, schema: str, open_store: Callable[..., MySQLStore[Any]], packets: list[bytes]
) -> None:
    async with open_store() as store:
        await store.save_thread(thread(), ALICE)
        await store.add_thread_item("thr_1", answer("m1"), ALICE)
        fill(mysql_server, schema)
        packets.clear()
        await use_everything(store)
    statements = {one.strip() for packet in packets for one in packet.decode().split("; ")}
    explained = [
        one
        for one in statements
        if one.startswith(("SELECT", "UPDATE", "DELETE"))
        or (one.startswith("INSERT") and "SELECT" in one)
    ]
    assert len(explained) > 60
    for statement in explained:
        for _, _, table, access, _, key, _, _, _, extra in mariadb.query(
            mysql_server, f"EXPLAIN {statement}", database=schema
        ):
            found = (statement, table, access, key, extra)
            assert access not in ("ALL", "index"), found
            assert not {"filesort", "temporary"} & set((extra or "").replace(";", " ").split()), found
            if " JOIN " in statement and table == "entry":
                assert access == "range", found
                assert key in ("chatkit_items_order", "chatkit_threads_order"), found


@pytest.mark.parametrize("order", ["asc", "desc"])
async def test_a_page_reads_its_rows_and_no_more(
    mysql_server: Server,
    schema: str,
    open_store: Callable[..., MySQLStore[Any]],
    packets: list[bytes],
    order: str,
) -> None:
    """However many rows were made at the same moment, and wherever the page is."""
    async with open_store() as store:
        await store.save_thread(thread(), ALICE)
        await store.add_thread_item("thr_1", answer("m1"), ALICE)
        fill(mysql_server, schema)
        packets.clear()
        for after in (None, "x4", "x8000", "x12498"):
            assert len((await store.load_thread_items("thr_1", after, 20, order, ALICE)).data) in (
                4,
                20,
            )
            await store.load_threads(20, after, order, ALICE)
    pages = [packet.decode() for packet in packets if b"LIMIT 21" in packet]
    assert len(pages) == 8
    for page in pages:
        with session(mysql_server, schema) as execute:
            execute("FLUSH STATUS")
            execute(page)
            reads = execute("SHOW SESSION STATUS LIKE 'Handler_read%'")
        assert 0 < sum(int(count) for _, count in reads) < 100, (page, reads)


async def test_the_first_page_of_a_tenant_that_has_most_of_the_table_sorts_nothing(
    mysql_server: Server, schema: str, open_store: Callable[..., MySQLStore[Any]], packets: list[bytes]
) -> None:
    """The server's statistics may say that reading them all and sorting them is less work."""
    async with open_store() as store:
        for number in range(1000):
            long = thread(f"thr_{number}", number, title="long " * 200)
            await store.save_thread(long, ALICE)
        mariadb.query(mysql_server, "ANALYZE TABLE chatkit_threads", database=schema)
        packets.clear()
        await store.load_threads(20, None, "desc", ALICE)
        await store.load_threads(20, None, "asc", ALICE)
    pages = [packet.decode() for packet in packets if b"LIMIT 21" in packet]
    assert len(pages) == 2
    for page in pages:
        ((_, _, _, _, _, key, _, _, _, extra),) = mariadb.query(
            mysql_server, f"EXPLAIN {page}", database=schema
        )
        assert (key, "filesort" in extra) == ("chatkit_threads_order", False)


async def test_the_newest_fake_item_is_found_in_the_index(
    mysql_server: Server, schema: str, open_store: Callable[..., MySQLStore[Any]], packets: list[bytes]
) -> None:
    async with open_store() as store:
        await store.save_thread(thread(), ALICE)
        await store.add_thread_item("thr_1", answer("m1"), ALICE)
        fill(mysql_server, schema)
        await store.save_item("thr_1", answer(FAKE_ID, "first"), ALICE)
        packets.clear()
        await store.save_item("thr_1", answer(FAKE_ID, "second"), ALICE)
    (found,) = (packet.decode() for packet in packets if b"fake = 1" in packet)
    outer, inner = mariadb.query(mysql_server, f"EXPLAIN {found}", database=schema)
    assert outer[5] == "PRIMARY"
    assert inner[5] == "chatkit_items_order"
    assert "Using index" in inner[9]
    assert "filesort" not in inner[9]


# --- What is stored ---


async def test_ids_keep_case_accents_and_spaces_apart(
    open_store: Callable[..., MySQLStore[Any]],
) -> None:
    twins = [
        "a",
        "A",
        "á",
        "a\u0301",
        "a ",
        "a  ",
        " a",
        "a\t",
        "ä",
        "\uff41",
        "ss",
        "ß",
        "\U0001f600",
        "\U0001f601",
    ]
    twins += ["'", '"', "`", "\\", "%s", "%(tenant)s", "{at}", "a;b", "--", "/*", "\x00", "\x1a"]
    twins += ["\U0001f600" * 200, "\U0001f600" * 199 + "\U0001f601"]
    async with open_store(tenant=str) as store:
        for twin in twins:
            await store.save_thread(thread(twin, title=twin), "owner")
            await store.save_thread(thread("t", title=twin), f"-{twin}")
            await store.add_thread_item(twins[0], answer(twin, twin), "owner")
            await store.save_attachment(attachment(twin), "owner")
        for twin in twins:
            assert (await store.load_thread(twin, "owner")).title == twin
            assert (await store.load_thread("t", f"-{twin}")).title == twin
            assert await store.load_item(twins[0], twin, "owner") == answer(twin, twin)
            assert (await store.load_attachment(twin, "owner")).id == twin
        page = await store.load_thread_items(twins[0], None, 100, "asc", "owner")
        assert [item.id for item in page.data] == twins


async def test_a_payload_over_the_packet_size_is_refused_before_it_is_sent(
    odd_server: mariadb.MariaDB,
) -> None:
    with mariadb.database(odd_server) as name:
        async with MySQLStore[Any](odd_server.url, tenant=tenant, schema=name) as store:
            await store.save_thread(thread(), ALICE)
            before = connections(odd_server)
            fits = SMALL_PACKET - 2000
            for text in ("x" * (SMALL_PACKET + 1), "x" * SMALL_PACKET, "\\" * (SMALL_PACKET // 3)):
                with pytest.raises(PayloadError, match="max_allowed_packet"):
                    await store.add_thread_item("thr_1", answer("large", text), ALICE)
                with pytest.raises(PayloadError, match="max_allowed_packet"):
                    await store.save_thread(thread(title=text), ALICE)
            await store.add_thread_item("thr_1", answer("fits", "x" * fits), ALICE)
            found = await store.load_thread_items("thr_1", None, 9, "asc", ALICE)
            assert [item.id for item in found.data] == ["fits"]
            assert texts(found.data) == ["x" * fits]
            assert await store.load_thread("thr_1", ALICE) == thread()
            assert connections(odd_server) == before


async def test_the_last_byte_that_fits_is_sent(
    odd_server: mariadb.MariaDB, packets: list[bytes]
) -> None:
    with mariadb.database(odd_server) as name:
        async with MySQLStore[Any](odd_server.url, tenant=tenant, schema=name) as store:
            await store.save_thread(thread(), ALICE)
            packets.clear()
            await store.add_thread_item("thr_1", answer("m"), ALICE)
            room = SMALL_PACKET - 2 - len(packets[0])
            await store.save_item("thr_1", answer("m", "x" * room), ALICE)
            assert texts([await store.load_item("thr_1", "m", ALICE)]) == ["x" * room]
            with pytest.raises(PayloadError):
                await store.save_item("thr_1", answer("m", "x" * (room + 1)), ALICE)


async def test_settings_of_the_server_change_nothing(odd_server: mariadb.MariaDB) -> None:
    hostile = "\\' \\\" ' \" \\0 \x00 \U0001f600 %s ; \\"
    with mariadb.database(odd_server) as name:
        async with MySQLStore[Any](odd_server.url, tenant=tenant, schema=name) as store:
            await store.save_thread(thread(hostile, title=hostile), ALICE)
            await store.add_thread_item(hostile, answer(hostile, hostile), ALICE)
        async with MySQLStore[Any](odd_server.url, tenant=tenant, schema=name) as store:
            assert (await store.load_thread(hostile, ALICE)).title == hostile
            page = await store.load_thread_items(hostile, None, 9, "asc", ALICE)
            assert texts(page.data) == [hostile]


# --- Locks and time ---


async def test_a_cancelled_operation_leaves_the_pool_healthy(
    mysql_server: Server, schema: str, open_store: Callable[..., MySQLStore[Any]]
) -> None:
    async with open_store(max_size=1) as store:
        await store.save_thread(thread(), ALICE)
        with session(mysql_server, schema) as execute:
            execute("SELECT * FROM chatkit_threads FOR UPDATE")
            write = asyncio.create_task(store.add_thread_item("thr_1", answer("m1"), ALICE))
            await asyncio.sleep(0.1)
            waiting = asyncio.create_task(store.load_thread("thr_1", ALICE))
            await asyncio.sleep(0.05)
            write.cancel()
            with pytest.raises(asyncio.CancelledError):
                await write
            assert await waiting == thread()
            assert await store.load_thread("thr_1", ALICE) == thread()
        for number in range(20):
            reads = [asyncio.create_task(store.load_thread("thr_1", ALICE)) for _ in range(20)]
            await asyncio.sleep(0.0005 * number)
            for read in reads[::2]:
                read.cancel()
            for outcome in await asyncio.gather(*reads, return_exceptions=True):
                assert outcome == thread() or isinstance(outcome, asyncio.CancelledError)


async def test_a_lock_that_stays_is_an_error_in_bounded_time_and_the_write_does_not_come_later(
    mysql_server: Server, schema: str, open_store: Callable[..., MySQLStore[Any]]
) -> None:
    async with open_store(timeout=5, attempt_timeout=2) as store:
        await store.save_thread(thread(), ALICE)
        with session(mysql_server, schema) as execute:
            execute("SELECT * FROM chatkit_threads FOR UPDATE")
            began = time.monotonic()
            with pytest.raises(StoreUnavailable, match="Lock wait timeout"):
                await store.save_thread(thread(title="late"), ALICE)
            assert 3 < time.monotonic() - began < 6
        await asyncio.sleep(0.3)
        assert await store.load_thread("thr_1", ALICE) == thread()


async def test_a_deadlock_is_repeated(
    mysql_server: Server, schema: str, open_store: Callable[..., MySQLStore[Any]]
) -> None:
    async with open_store() as store:
        await store.save_thread(thread(), ALICE)
        with session(mysql_server, schema) as execute:
            # The server gives up the transaction that has written less: the store's.
            execute(
                "INSERT INTO chatkit_items (tenant, thread_id, id, sort_key, sequence, fake, payload) "
                "VALUES ('alice', 'thr_1', 'm1', 0, 1000, 0, '')"
                + "".join(f", ('x', 'x', '{number}', 0, 0, 0, '')" for number in range(100))
            )
            write = asyncio.create_task(store.add_thread_item("thr_1", answer("m1", "mine"), ALICE))
            await asyncio.sleep(0.2)
            before = deadlocks(mysql_server)
            await asyncio.to_thread(execute, "UPDATE chatkit_threads SET last_sequence = 7")
            await asyncio.sleep(0.2)
            assert not write.done()
            execute("COMMIT")
        await write
        assert deadlocks(mysql_server) == before + 1
        assert texts([await store.load_item("thr_1", "m1", ALICE)]) == ["mine"]


def deadlocks(server: Server) -> int:
    ((_, count),) = mariadb.query(server, "SHOW GLOBAL STATUS LIKE 'Innodb_deadlocks'")
    return int(count)


async def test_writers_of_one_thread_get_a_place_each(
    open_store: Callable[..., MySQLStore[Any]],
) -> None:
    async with open_store(max_size=5) as first, open_store(max_size=5) as second:
        await first.save_thread(thread(), ALICE)
        await asyncio.gather(
            *(
                store.add_thread_item("thr_1", answer(f"{number}"), ALICE)
                for number in range(50)
                for store in (first, second)
            ),
            *(first.save_thread(thread(f"thr_{number}"), BOB) for number in range(50)),
        )
        pages = [
            [item.id for item in (await store.load_thread_items("thr_1", None, 100, order, ALICE)).data]
            for store, order in ((first, "asc"), (second, "desc"))
        ]
        assert sorted(pages[0], key=int) == [f"{number}" for number in range(50)]
        assert pages[0] == pages[1][::-1]
        seen: list[str] = []
        after = None
        while len(page := (await first.load_threads(7, after, "asc", BOB)).data) > 0:
            seen += [one.id for one in page]
            after = page[-1].id
        assert len(seen) == len(set(seen)) == 50


async def test_a_server_that_never_answers_is_an_error_in_bounded_time() -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen(50)
        url = f"mysql://root@127.0.0.1:{silent.getsockname()[1]}/chatkit"
        store = MySQLStore[Any](url, tenant=tenant, timeout=1, attempt_timeout=0.4)
        began = time.monotonic()
        outcomes = await asyncio.gather(
            *(store.load_thread("thr_1", ALICE) for _ in range(20)),
            store.setup(),
            return_exceptions=True,
        )
        assert time.monotonic() - began < 3  # one attempt for all
        assert {type(outcome) for outcome in outcomes} == {StoreUnavailable}
        began = time.monotonic()
        with pytest.raises(StoreUnavailable, match="no connection in 0"):
            await store.connect()
        assert time.monotonic() - began < 2
        await store.close()


async def test_connections_that_the_server_has_ended_are_replaced(
    mysql_server: Server, open_store: Callable[..., MySQLStore[Any]]
) -> None:
    before = connections(mysql_server)
    async with open_store() as store:
        await store.save_thread(thread(), ALICE)
        for _ in range(3):
            await asyncio.gather(*(store.load_thread("thr_1", ALICE) for _ in range(30)))
            for number in connections(mysql_server) - before:
                mariadb.query(mysql_server, f"KILL {number}")


async def test_a_server_that_is_killed_and_started_again_is_found() -> None:
    with servers.or_skip(mariadb.throw_away()) as server:
        async with MySQLStore[Any](server.url, tenant=tenant) as store:
            await store.save_thread(thread(), ALICE)
            added: list[str] = []
            is_back = asyncio.Event()

            async def add(writer: int) -> None:
                for number in itertools.count():
                    if is_back.is_set():
                        return
                    await store.add_thread_item("thr_1", answer(f"{writer} {number}"), ALICE)
                    added.append(f"{writer} {number}")

            writers = asyncio.gather(*(add(writer) for writer in range(5)))
            await asyncio.sleep(0.3)
            await asyncio.to_thread(server.restart)
            count = len(added)
            while len(added) < count + 20:
                await asyncio.sleep(0.05)
            is_back.set()
            await writers
            kept: list[str] = []
            after = None
            while page := (await store.load_thread_items("thr_1", after, 1000, "asc", ALICE)).data:
                kept += [item.id for item in page]
                after = page[-1].id
            assert sorted(kept) == sorted(added)


# --- Connections ---


async def test_closing_releases_every_connection(
    mysql_server: Server, open_store: Callable[..., MySQLStore[Any]]
) -> None:
    before = connections(mysql_server)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        store = open_store(max_size=7)
        await store.save_thread(thread(), ALICE)
        await asyncio.gather(*(store.load_thread("thr_1", ALICE) for _ in range(50)))
        assert 1 < len(connections(mysql_server) - before) <= 7
        await store.close()
        await connections_become(mysql_server, before)


async def test_closing_waits_for_what_is_under_way_and_no_longer_than_its_timeout(
    mysql_server: Server, schema: str, open_store: Callable[..., MySQLStore[Any]]
) -> None:
    before = connections(mysql_server)
    store = open_store(max_size=2, timeout=2, attempt_timeout=1.5)
    await store.save_thread(thread(), ALICE)
    with session(mysql_server, schema) as execute:
        execute("SELECT * FROM chatkit_threads FOR UPDATE")
        writes = [
            asyncio.create_task(store.add_thread_item("thr_1", answer(f"{number}"), ALICE))
            for number in range(5)
        ]
        await asyncio.sleep(0.2)
        began = time.monotonic()
        await store.close()
        outcomes = await asyncio.gather(*writes, return_exceptions=True)
        assert time.monotonic() - began < 3
        assert {type(outcome) for outcome in outcomes} <= {StoreUnavailable, StoreClosedError}
    await connections_become(mysql_server, before)


async def test_a_connection_that_was_idle_for_long_is_replaced(
    mysql_server: Server, open_store: Callable[..., MySQLStore[Any]]
) -> None:
    before = connections(mysql_server)
    async with open_store(max_inactive_connection_lifetime=0.3) as store:
        await store.save_thread(thread(), ALICE)
        (first,) = connections(mysql_server) - before
        await store.load_thread("thr_1", ALICE)
        assert connections(mysql_server) - before == {first}
        await asyncio.sleep(0.4)
        await store.load_thread("thr_1", ALICE)
        await connections_become(mysql_server, connections(mysql_server) - {first})
        assert len(connections(mysql_server) - before) == 1


async def test_what_the_server_refuses_is_said_without_the_password(mysql_server: Server) -> None:
    address = f"{mysql_server.host}:{mysql_server.port}"
    for url, reason in (
        (f"mysql://nobody:s3cret@{address}/chatkit", "Access denied"),
        (f"mysql://nobody:s3cret@127.0.0.1:{servers.free_port()}/chatkit", "Can't connect"),
    ):
        store = MySQLStore[Any](url, tenant=tenant, timeout=1)
        with pytest.raises(StoreError, match=reason) as failure:
            await store.connect()
        assert "s3cret" not in str(failure.value)
        assert isinstance(failure.value.__cause__, aiomysql.MySQLError)
        await store.close()
    with pytest.raises(StoreError, match="Unknown database 'missing'"):
        await MySQLStore[Any](f"mysql://root@{address}/missing", tenant=tenant).connect()


def test_arguments_that_mean_nothing_are_refused() -> None:
    for url in (
        "postgresql://root:s3cret@localhost/db",
        "mysql://root:s3cret@localhost",
        "mysql://root:s3cret@localhost/",
        "mysql://root:s3cret@localhost/db?ssl=true",
        "mysql://root:s3cret@localhost:port/db",
        "",
    ):
        with pytest.raises(ValueError, match="mysql://user:password@host:port/database") as failure:
            MySQLStore[Any](url, tenant=tenant)
        assert "s3cret" not in str(failure.value)
    for option in ("timeout", "attempt_timeout", "maintenance_timeout", "max_size"):
        options: dict[str, Any] = {option: 0}
        with pytest.raises(ValueError, match=option):
            MySQLStore[Any]("mysql://localhost/db", tenant=tenant, **options)


async def test_a_url_may_name_a_socket_and_special_characters(odd_server: mariadb.MariaDB) -> None:
    mariadb.query(odd_server, "CREATE OR REPLACE USER 'p@t:r'@'localhost' IDENTIFIED BY 'a/b%?'")
    mariadb.query(odd_server, "GRANT ALL ON *.* TO 'p@t:r'@'localhost'")
    with mariadb.database(odd_server) as name:
        url = (
            f"mariadb+aiomysql://p%40t%3Ar:a%2Fb%25%3F@ignored/chatkit?unix_socket={odd_server.socket}"
        )
        async with MySQLStore[Any](url, tenant=tenant, schema=f"{name}") as store:
            await store.save_thread(thread(), ALICE)


# --- TLS ---


async def test_tls_is_used_where_it_is_asked_for(odd_server: mariadb.MariaDB) -> None:
    mariadb.query(odd_server, "CREATE OR REPLACE USER secure REQUIRE SSL")
    mariadb.query(odd_server, "GRANT ALL ON *.* TO secure")
    url = odd_server.url.replace("root@", "secure@")
    trusting = ssl.create_default_context(cafile=odd_server.certificate)
    with mariadb.database(odd_server) as name:
        async with MySQLStore[Any](url, tenant=tenant, schema=name, ssl=trusting) as store:
            await store.save_thread(thread(title="x" * 100_000), ALICE)
            assert (await store.load_thread("thr_1", ALICE)).title == "x" * 100_000
        with pytest.raises(StoreError, match="Access denied"):
            await MySQLStore[Any](url, tenant=tenant, schema=name).connect()


async def test_a_certificate_that_nobody_vouches_for_is_refused_at_once(
    odd_server: mariadb.MariaDB,
) -> None:
    began = time.monotonic()
    with pytest.raises(StoreError, match="certificate verify failed") as failure:
        await MySQLStore[Any](odd_server.url, tenant=tenant, ssl=True).connect()
    assert type(failure.value) is StoreError
    assert time.monotonic() - began < 3


async def test_a_server_without_tls_is_refused_where_it_is_asked_for(mysql_server: Server) -> None:
    with pytest.raises(StoreError, match="TLS"):
        await MySQLStore[Any](mysql_server.url, tenant=tenant, ssl=True).connect()


# --- Pools of the application ---


@pytest.mark.parametrize("options", [{}, {"autocommit": True}, {"cursorclass": aiomysql.DictCursor}])
async def test_a_pool_of_the_application_is_used_and_left_as_it_was(
    mysql_server: Server,
    schema: str,
    open_store: Callable[..., MySQLStore[Any]],
    options: dict[str, Any],
) -> None:
    async with pool(mysql_server, maxsize=2, **options) as given, open_store() as other:
        async with MySQLStore[Any](given, tenant=tenant, schema=schema) as store:
            await store.save_thread(thread(), ALICE)
            assert await store.load_thread("thr_1", ALICE) == thread()
            for number in range(
                5
            ):  # nothing is read from an old snapshot, nothing waits to be committed
                await other.save_thread(thread(title=f"{number}"), ALICE)
                found = await asyncio.gather(*(store.load_thread("thr_1", ALICE) for _ in range(4)))
                assert {one.title for one in found} == {f"{number}"}
                await store.add_thread_item("thr_1", answer(f"{number}"), ALICE)
                assert await other.load_item("thr_1", f"{number}", ALICE) == answer(f"{number}")
        with pytest.raises(StoreClosedError):
            await store.load_thread("thr_1", ALICE)
        async with given.acquire() as connection, connection.cursor() as cursor:
            assert connection.get_autocommit() is options.get("autocommit", False)
            await cursor.execute("SELECT 1 AS one")
            assert await cursor.fetchone() in ((1,), {"one": 1})
        assert given.freesize == given.size


async def test_a_pool_of_the_application_survives_cancelled_operations(
    mysql_server: Server, schema: str
) -> None:
    async with pool(mysql_server, maxsize=2) as given:
        async with MySQLStore[Any](given, tenant=tenant, schema=schema, timeout=5) as store:
            await store.save_thread(thread(), ALICE)
            for number in range(30):
                reads = [asyncio.create_task(store.load_thread("thr_1", ALICE)) for _ in range(10)]
                await asyncio.sleep(0.0003 * number)
                for read in reads[::2]:
                    read.cancel()
                for outcome in await asyncio.gather(*reads, return_exceptions=True):
                    assert outcome == thread() or isinstance(outcome, asyncio.CancelledError)
            assert await store.load_thread("thr_1", ALICE) == thread()
        for _ in range(100):
            if given.freesize == given.size:
                break
            await asyncio.sleep(0.01)
        assert given.freesize == given.size <= 2


async def test_a_pool_that_gives_no_connection_is_an_error_in_bounded_time(
    mysql_server: Server, schema: str
) -> None:
    async with pool(mysql_server, maxsize=1) as given:
        store = MySQLStore[Any](given, tenant=tenant, schema=schema, timeout=1, attempt_timeout=0.3)
        await store.save_thread(thread(), ALICE)
        async with given.acquire():
            began = time.monotonic()
            with pytest.raises(StoreUnavailable, match="no connection"):
                await store.load_thread("thr_1", ALICE)
            assert time.monotonic() - began < 2
        assert await store.load_thread("thr_1", ALICE) == thread()
    with pytest.raises(StoreError, match="no use"):
        await store.load_thread("thr_1", ALICE)


async def test_pools_that_would_garble_texts_are_refused(mysql_server: Server, schema: str) -> None:
    unfit: tuple[dict[str, Any], ...] = (
        {"charset": "latin1"},
        {"charset": "gbk"},
        {"use_unicode": False},
        {"sql_mode": "'NO_BACKSLASH_ESCAPES'"},
    )
    for options in unfit:
        async with pool(mysql_server, **options) as given:
            with pytest.raises(StoreError, match="charset='utf8mb4'"):
                await MySQLStore[Any](given, tenant=tenant, schema=schema).connect()


# --- Migrations ---


async def test_many_may_make_the_tables_at_once(
    mysql_server: Server, schema: str, open_store: Callable[..., MySQLStore[Any]]
) -> None:
    stores = [open_store(max_size=2) for _ in range(30)]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        await asyncio.gather(*(store.save_thread(thread(), ALICE) for store in stores))
        await asyncio.gather(*(store.setup() for store in stores))
    assert mariadb.query(mysql_server, "SELECT version FROM chatkit_schema", database=schema) == [
        (len(mysql.MIGRATIONS),)
    ]
    for store in stores:
        assert await store.load_thread("thr_1", ALICE) == thread()
        await store.close()


@pytest.mark.parametrize("done", [0, 1, 3, 5])
async def test_a_migration_that_was_interrupted_is_finished(
    mysql_server: Server, schema: str, open_store: Callable[..., MySQLStore[Any]], done: int
) -> None:
    mariadb.query(mysql_server, f"CREATE DATABASE {schema}")
    for statement in mysql.MIGRATIONS[0][:done]:
        mariadb.query(mysql_server, statement.format(at=""), database=schema)
    async with open_store() as store:
        await use_everything(store)


async def test_a_later_migration_adds_to_what_is_there_and_may_be_repeated(
    mysql_server: Server,
    schema: str,
    open_store: Callable[..., MySQLStore[Any]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with open_store() as store:
        await store.save_thread(thread(), ALICE)
        later = (
            "ALTER TABLE {at}chatkit_threads ADD COLUMN later INT NOT NULL DEFAULT 0",
            "CREATE INDEX chatkit_threads_later ON {at}chatkit_threads (later)",
        )
        monkeypatch.setattr(mysql, "MIGRATIONS", (*mysql.MIGRATIONS, later))
        async with open_store() as newer:
            assert await newer.load_thread("thr_1", ALICE) == thread()
        mariadb.query(mysql_server, "UPDATE chatkit_schema SET version = 1", database=schema)
        mariadb.query(
            mysql_server, "DROP INDEX chatkit_threads_later ON chatkit_threads", database=schema
        )
        async with open_store():
            pass
        columns = mariadb.query(mysql_server, "SHOW INDEX FROM chatkit_threads", database=schema)
        assert "later" in {column[4] for column in columns}
        await store.save_thread(thread("thr_2"), ALICE)
        monkeypatch.undo()
        with pytest.raises(SchemaTooNewError, match=r"schema 2.*up to 1"):
            await open_store().connect()


async def test_a_server_without_such_locks_is_migrated_too(
    open_store: Callable[..., MySQLStore[Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    query: Any = cast("Any", aiomysql.Connection).query

    async def without_locks(self: Any, sql: bytes, *rest: Any, **options: Any) -> Any:
        wrong = sql.replace(b"GET_LOCK", b"NO_LOCK").replace(b"RELEASE_LOCK", b"NO_LOCK")
        return await query(self, wrong, *rest, **options)

    monkeypatch.setattr(aiomysql.Connection, "query", without_locks)
    stores = [open_store() for _ in range(10)]
    await asyncio.gather(*(store.save_thread(thread(), ALICE) for store in stores))
    await asyncio.gather(*(store.close() for store in stores))


async def test_an_application_that_may_not_change_the_schema_uses_what_is_there(
    mysql_server: Server, schema: str, open_store: Callable[..., MySQLStore[Any]]
) -> None:
    user = f"u{uuid.uuid4().hex[:12]}"
    mariadb.query(mysql_server, f"CREATE USER {user}")
    try:
        mariadb.query(mysql_server, f"GRANT SELECT, INSERT, UPDATE, DELETE ON {schema}.* TO {user}")
        url = f"mysql://{user}@{mysql_server.host}:{mysql_server.port}/{schema}"
        with pytest.raises(StoreError, match="Unknown database"):
            await MySQLStore[Any](url, tenant=tenant).connect()
        mariadb.query(mysql_server, f"CREATE DATABASE {schema}")
        with pytest.raises(StoreError, match="denied"):
            await MySQLStore[Any](url, tenant=tenant).connect()
        async with open_store() as store:
            await store.setup()
        async with MySQLStore[Any](url, tenant=tenant) as store:
            await use_everything(store)
    finally:
        mariadb.query(mysql_server, f"DROP USER {user}")


async def test_a_tenant_is_deleted_in_parts(
    mysql_server: Server,
    schema: str,
    open_store: Callable[..., MySQLStore[Any]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(mysql, "_AT_ONCE", 3)
    async with open_store() as store:
        await use_everything(store)
        await store.save_thread(thread(), BOB)
        await store.delete_tenant(ALICE)
        for table in ("tenants", "threads", "items", "deleted_items", "attachments"):
            owners = mariadb.query(mysql_server, f"SELECT tenant FROM chatkit_{table}", database=schema)
            assert set(owners) <= {(b"bob",)}, table
        assert await store.load_thread("thr_1", BOB) == thread()
