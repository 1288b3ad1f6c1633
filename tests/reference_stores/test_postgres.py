"""What PostgreSQL adds: plans, migrations, schemas, pools, poolers, locks, and time limits."""

from __future__ import annotations

import asyncio
import random
import re
import socket
import time
import uuid
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Any, cast

import asyncpg  # pyright: ignore[reportMissingTypeStubs] - it ships none
import pytest
from chatkit.store import NotFoundError

from reference_stores import postgres
from reference_stores.postgres import PostgresStore
from reference_stores.shared import FAKE_ID, SchemaTooNewError, StoreError, StoreUnavailable
from tests.reference_stores.on_postgres import StoreIn, connection
from tests.reference_stores.samples import ALICE, BOB, answer, attachment, tenant, texts, thread
from tests.servers.proxy import Proxy

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator, Callable

    from tests.servers import Server

create_pool: Any = cast("Any", asyncpg).create_pool

DAY = timedelta(days=1)


@pytest.fixture
def url(postgres_server: Server) -> str:
    return postgres_server.url


@pytest.fixture
def new_store(url: str, postgres_schema: str) -> Callable[..., StoreIn]:
    """Makes stores on one schema."""

    def make(**options: Any) -> StoreIn:
        return StoreIn(options.pop("url", url), postgres_schema, **options)

    return make


@pytest.fixture
async def store(new_store: Callable[..., StoreIn]) -> AsyncIterator[StoreIn]:
    async with new_store() as new:
        yield new


@asynccontextmanager
async def database(url: str) -> AsyncGenerator[str]:
    """The URL of a new database."""
    name = f"chatkit_{uuid.uuid4().hex}"
    async with connection(url) as server:
        await server.execute(f"CREATE DATABASE {name}")
        try:
            yield re.sub(r"/[^/]*$", f"/{name}", url)
        finally:
            await server.execute(f"DROP DATABASE {name} WITH (FORCE)")


def through(proxy: Proxy, url: str) -> str:
    return re.sub(r"@[^/]*/", f"@{proxy.host}:{proxy.port}/", url)


async def ids(store: PostgresStore[Any], order: str = "asc") -> list[str]:
    page = await store.load_thread_items("thr_1", None, 1000, order, ALICE)
    return [item.id for item in page.data]


# --- Plans ---


class Statements:
    """What the connections of a store execute, with the arguments."""

    def __init__(self) -> None:
        self.ran: dict[str, tuple[Any, ...]] = {}
        self.count = 0

    async def watch(self, new: Any) -> None:
        """For `init` of a pool."""
        new.add_query_logger(self._log)

    def _log(self, record: Any) -> None:
        self.ran[record.query] = record.args or ()
        self.count += 1


async def use_everything(store: PostgresStore[Any]) -> None:
    """Each way through each statement of a conversation."""
    for number in range(8):
        await store.save_thread(thread(f"thr_{number}", number // 3), ALICE)
    for number in range(8):
        await store.add_thread_item("thr_1", answer(f"m{number}", seconds=number // 3), ALICE)
    await store.save_attachment(attachment("atc_1", "thr_1"), ALICE)
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


FILL = """
    INSERT INTO chatkit_threads (tenant, id, sort_key, sequence, item_count, deleted_at, payload)
    SELECT (ARRAY['alice', 'bob', 'carol', 'dave'])[1 + n % 4], 'many_' || n, n / 7, n, 0,
           CASE WHEN n % 9 = 0 THEN n END, 'text'
    FROM generate_series(1, 20000) AS n;
    INSERT INTO chatkit_items (tenant, thread_id, id, sort_key, sequence, fake, deleted_at, payload)
    SELECT (ARRAY['alice', 'bob', 'carol', 'dave'])[1 + n % 4], 'thr_' || n % 20, 'many_' || n,
           n / 7, n, n % 11 = 0, CASE WHEN n % 9 = 0 THEN n END, 'text'
    FROM generate_series(1, 60000) AS n;
    INSERT INTO chatkit_attachments (tenant, id, thread_id, saved_at, payload)
    SELECT (ARRAY['alice', 'bob', 'carol', 'dave'])[1 + n % 4], 'many_' || n, 'thr_' || n, n, 'text'
    FROM generate_series(1, 20000) AS n
"""


def literal(value: Any) -> str:
    return str(value) if isinstance(value, (bool, int)) else "'" + value.replace("'", "''") + "'"


@pytest.mark.parametrize("plan_cache_mode", ["force_custom_plan", "force_generic_plan"])
async def test_no_statement_of_a_conversation_scans_or_sorts(url: str, plan_cache_mode: str) -> None:
    statements = Statements()
    async with database(url) as fresh:
        async with PostgresStore[Any](fresh, tenant=tenant, init=statements.watch) as store:
            statements.ran.clear()
            await use_everything(store)
        ran = {
            sql: arguments
            for sql, arguments in statements.ran.items()
            if not sql.startswith(("BEGIN", "COMMIT"))
        }
        assert len(ran) > 20
        async with connection(fresh) as server:
            await server.execute(f"SET plan_cache_mode = {plan_cache_mode}")
            for number, sql in enumerate(ran):
                await server.execute(f"PREPARE plan_{number} AS {sql}")

            async def plans() -> AsyncIterator[tuple[str, str]]:
                for number, (sql, arguments) in enumerate(ran.items()):
                    given = ", ".join(map(literal, arguments))
                    steps = await server.fetch(f"EXPLAIN EXECUTE plan_{number} ({given})")
                    yield sql, "\n".join(row[0] for row in steps)

            async for sql, plan in plans():  # while the server knows nothing about the tables
                assert "Seq Scan" not in plan, (sql, plan)
                if "ORDER BY" not in sql:
                    assert "_order" not in plan, (sql, plan)
            await server.execute(f"{FILL}; ANALYZE")
            async for sql, plan in plans():
                assert "Seq Scan" not in plan, (sql, plan)
                assert "Sort" not in plan, (sql, plan)


async def test_purging_finds_tombstones_by_an_index(url: str) -> None:
    statements = Statements()
    async with database(url) as fresh:
        async with PostgresStore[Any](fresh, tenant=tenant, init=statements.watch) as store:
            statements.ran.clear()
            await store.purge(DAY)
        deletions = {sql: arguments for sql, arguments in statements.ran.items() if "DELETE" in sql}
        assert len(deletions) == 2
        async with connection(fresh) as server:
            await server.execute(f"{FILL}; ANALYZE")
            for sql, (_, portion) in deletions.items():
                plan = "\n".join(row[0] for row in await server.fetch(f"EXPLAIN {sql}", 100, portion))
                assert "Seq Scan" not in plan, plan


async def test_a_page_reads_no_rows_but_its_own(url: str) -> None:
    """However many rows were made in one moment, and however many were deleted."""
    async with database(url) as fresh, connection(fresh) as server:
        async with PostgresStore[Any](fresh, tenant=tenant) as store:
            await store.save_thread(thread(), ALICE)
            await store.add_thread_item("thr_1", answer("first"), ALICE)
        await server.execute(
            """
            INSERT INTO chatkit_items
                (tenant, thread_id, id, sort_key, sequence, fake, deleted_at, payload)
            SELECT tenant, thread_id, 'm' || n, sort_key, n + 1, false,
                   CASE WHEN n BETWEEN 20000 AND 40000 THEN n END, payload
            FROM chatkit_items, generate_series(1, 60000) AS n
            """
        )
        await server.execute("VACUUM ANALYZE")
        for descending, after in (
            (False, "m15000"),
            (False, "m19990"),
            (True, "m45000"),
            (True, "m40010"),
        ):
            (plan,) = await server.fetchrow(
                f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {postgres._ITEMS.next[descending]}",  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
                "alice",
                "thr_1",
                21,
                after,
            )
            read = re.search(r'"Shared Hit Blocks": (\d+),\s*"Shared Read Blocks": (\d+)', plan)
            assert read is not None
            assert int(read[1]) + int(read[2]) < 40, plan


# --- Statements ---

HOSTILE = [
    "'; DROP TABLE chatkit_items; --",
    "$1",
    "$$",
    "%s",
    "{schema}",
    "\\'",
    "chatkit_threads",
    'a"b',
    "' OR '1'='1",
    "\x00",
]


async def test_no_value_becomes_text_of_a_statement(new_store: Callable[..., StoreIn]) -> None:
    statements = Statements()
    async with new_store(init=statements.watch) as store:
        await store.save_thread(thread(), ALICE)
        await use_everything(store)
        usual = set(statements.ran)
        for name in HOSTILE:
            context = {"user_id": name}
            await store.save_thread(thread(name, title=name), context)
            await store.add_thread_item(name, answer(name, thread_id=name), context)
            await store.save_attachment(attachment(name, name), context)
            assert (await store.load_threads(1, None, "asc", context)).data[0].id == name
            assert (await store.load_item(name, name, context)).id == name
            assert (await store.load_thread_items(name, name, 5, "desc", context)).data == []
            await store.delete_thread_item(name, name, context)
            await store.delete_thread(name, context)
            await store.delete_attachment(name, context)
            for order in ("asc; DROP TABLE chatkit_items", "ASC", "'"):
                with pytest.raises(ValueError, match="order"):
                    await store.load_threads(1, None, order, context)
        assert set(statements.ran) <= usual
        assert await store.load_thread("thr_1", ALICE) == thread()


async def test_an_operation_is_one_round_trip(new_store: Callable[..., StoreIn]) -> None:
    statements = Statements()
    async with new_store(init=statements.watch) as store:
        await store.save_thread(thread(), ALICE)
        await store.add_thread_item("thr_1", answer("m1"), ALICE)
        await store.add_thread_item("thr_1", answer("m2"), ALICE)
        for operation in (
            store.save_thread(thread(), ALICE),
            store.load_thread("thr_1", ALICE),
            store.load_threads(20, None, "desc", ALICE),
            store.add_thread_item("thr_1", answer("m3"), ALICE),
            store.save_item("thr_1", answer("m3", "more"), ALICE),
            store.load_item("thr_1", "m3", ALICE),
            store.load_thread_items("thr_1", None, 20, "asc", ALICE),
            store.load_thread_items("thr_1", "m1", 20, "asc", ALICE),
            store.delete_thread_item("thr_1", "m1", ALICE),
            store.save_attachment(attachment(), ALICE),
            store.load_attachment("atc_1", ALICE),
            store.delete_attachment("atc_1", ALICE),
        ):
            statements.count = 0
            await operation
            assert statements.count == 1


# --- Migrations and schemas ---


async def test_eighty_setups_at_once_on_a_new_database(url: str) -> None:
    async with database(url) as fresh:
        for schema in (None, "chat"):
            stores = [
                PostgresStore[Any](fresh, tenant=tenant, schema=schema, max_size=1, timeout=60)
                for _ in range(80)
            ]
            await asyncio.gather(*(store.setup() for store in stores))
            await asyncio.gather(*(store.save_thread(thread(), ALICE) for store in stores))
            await asyncio.gather(*(store.close() for store in stores))
        async with connection(fresh) as server:
            for schema in ("public", "chat"):
                found = await server.fetch(f"SELECT version FROM {schema}.chatkit_schema")
                assert [row[0] for row in found] == [len(postgres.MIGRATIONS)]


async def test_a_newer_schema_is_refused(url: str) -> None:
    async with database(url) as fresh:
        async with PostgresStore[Any](fresh, tenant=tenant) as store:
            await store.save_thread(thread(), ALICE)
        async with connection(fresh) as server:
            await server.execute("UPDATE chatkit_schema SET version = version + 1")
        store = PostgresStore[Any](fresh, tenant=tenant)
        for use in (store.connect, store.setup):
            with pytest.raises(SchemaTooNewError, match="update"):
                await use()
        await store.close()


async def test_an_older_schema_is_migrated_once_and_keeps_its_rows(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with database(url) as fresh:
        async with PostgresStore[Any](fresh, tenant=tenant, schema="chat") as store:
            await store.save_thread(thread(), ALICE)
        released = postgres.MIGRATIONS
        more = (
            "ALTER TABLE chatkit_threads ADD COLUMN note text",
            "CREATE TABLE chat.once (id integer)",
        )
        monkeypatch.setattr(postgres, "MIGRATIONS", (*released, more))
        stores = [PostgresStore[Any](fresh, tenant=tenant, schema="chat") for _ in range(8)]
        await asyncio.gather(*(store.setup() for store in stores))
        for store in stores:
            assert await store.load_thread("thr_1", ALICE) == thread()
            await store.close()
        async with connection(fresh) as server:
            version = await server.fetchval("SELECT version FROM chat.chatkit_schema")
            assert version == len(released) + 1


async def test_a_migration_that_fails_leaves_the_old_schema(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with database(url) as fresh:
        async with PostgresStore[Any](fresh, tenant=tenant) as store:
            await store.save_thread(thread(), ALICE)
        with monkeypatch.context() as patch:
            wrong = ("CREATE TABLE extra (id integer)", "nonsense")
            patch.setattr(postgres, "MIGRATIONS", (*postgres.MIGRATIONS, wrong))
            store = PostgresStore[Any](fresh, tenant=tenant)
            with pytest.raises(StoreError, match="nonsense"):
                await store.setup()
            await store.close()
        async with connection(fresh) as server:
            assert await server.fetchval("SELECT to_regclass('extra')") is None
        async with PostgresStore[Any](fresh, tenant=tenant) as store:
            assert await store.load_thread("thr_1", ALICE) == thread()


async def test_a_role_that_may_not_make_tables_can_use_them(url: str) -> None:
    async with database(url) as fresh, connection(fresh) as server:
        role = f"clerk_{uuid.uuid4().hex}"
        await server.execute(f"CREATE ROLE {role} LOGIN PASSWORD 'secret'")
        try:
            as_clerk = re.sub(r"//[^@]*@", f"//{role}:secret@", fresh)
            clerk = PostgresStore[Any](as_clerk, tenant=tenant, schema="chat")
            with pytest.raises(StoreError, match=r"setup\(\)"):
                await clerk.load_thread("thr_1", ALICE)
            async with PostgresStore[Any](fresh, tenant=tenant, schema="chat"):
                pass
            await server.execute(
                f"GRANT USAGE ON SCHEMA chat TO {role};"
                f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA chat TO {role}"
            )
            await clerk.save_thread(thread(), ALICE)
            await use_everything(clerk)
            assert [part["kind"] async for part in clerk.export_tenant(ALICE)]
            await clerk.purge(DAY, threads=True)
            await clerk.close()
        finally:
            await server.execute(f"DROP OWNED BY {role}; DROP ROLE {role}")


async def test_a_server_that_says_it_is_cockroachdb_gets_no_collations(url: str) -> None:
    collated = "SELECT count(*) FROM information_schema.columns WHERE collation_name = 'C'"
    async with database(url) as fresh, connection(fresh) as server:
        async with PostgresStore[Any](fresh, tenant=tenant, schema="usual"):
            assert await server.fetchval(f"{collated} AND table_schema = 'usual'") == 8
        await server.execute(
            """
            CREATE FUNCTION public.version() RETURNS text IMMUTABLE LANGUAGE sql
            RETURN 'CockroachDB CCL v25.1.0'
            """
        )
        path = {"search_path": "public, pg_catalog"}
        async with PostgresStore[Any](fresh, tenant=tenant, server_settings=path) as store:
            await use_everything(store)
        assert await server.fetchval(f"{collated} AND table_schema = 'public'") == 0


async def test_schemas_are_apart_and_their_names_are_quoted(url: str) -> None:
    names = ["chat", "Chat", 'ch"at; DROP SCHEMA chat CASCADE; --', "chatkit_items", "$1", "é {0}"]
    async with database(url) as fresh, AsyncExitStack() as closing:
        stores = [
            await closing.enter_async_context(PostgresStore[Any](fresh, tenant=tenant, schema=name))
            for name in names
        ]
        for name, store in zip(names, stores, strict=True):
            await store.save_thread(thread(title=name), ALICE)
            await store.add_thread_item("thr_1", answer("m1", name), ALICE)
        for name, store in zip(names, stores, strict=True):
            assert (await store.load_thread("thr_1", ALICE)).title == name
            assert texts((await store.load_thread_items("thr_1", None, 5, "asc", ALICE)).data) == [name]
        await stores[0].delete_tenant(ALICE)
        assert (await stores[1].load_thread("thr_1", ALICE)).title == "Chat"


# --- Deleting while others write (C25) ---


@asynccontextmanager
async def beside(store: StoreIn) -> AsyncGenerator[Any]:
    """A transaction of somebody else, in the store's schema."""
    async with connection(store.url) as other:
        await other.execute(f'SET search_path = "{store.schema}"')
        transaction = other.transaction()
        await transaction.start()
        yield other
        await transaction.commit()


async def waits(call: Any) -> asyncio.Task[Any]:
    """The call as a task that is known to wait for a lock."""
    task = asyncio.ensure_future(call)
    await asyncio.sleep(0.3)
    assert not task.done()
    return task


async def test_a_save_that_waits_for_a_deletion_does_not_resurrect(store: StoreIn) -> None:
    await store.save_thread(thread(), ALICE)
    async with beside(store) as other:
        await other.execute(postgres._ERASE_THREAD, "alice", "thr_1", 1)  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
        saving = await waits(store.save_thread(thread(title="late"), ALICE))
        adding = await waits(store.add_thread_item("thr_1", answer("m1"), ALICE))
    await saving
    with pytest.raises(NotFoundError):
        await adding
    with pytest.raises(NotFoundError):
        await store.load_thread("thr_1", ALICE)


async def test_a_deletion_that_waits_for_an_item_deletes_it(store: StoreIn) -> None:
    await store.save_thread(thread(), ALICE)
    async with beside(store) as other:
        await other.execute(postgres._WRITE_ITEM, "alice", "thr_1", "m1", 1, False, "{}")  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
        deleting = await waits(store.delete_thread("thr_1", ALICE))
    await deleting
    async with connection(store.url) as server:
        assert await server.fetch(f"SELECT id FROM {store.schema}.chatkit_items") == []


async def test_the_deletion_of_a_tenant_leaves_nothing_of_who_writes_meanwhile(store: StoreIn) -> None:
    await store.save_thread(thread(), ALICE)
    async with beside(store) as other:
        await other.execute(postgres._WRITE_ITEM, "alice", "thr_1", "m1", 1, False, "{}")  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
        deleting = await waits(store.delete_tenant(ALICE))
    await deleting
    async with connection(store.url) as server:
        assert await server.fetch(f"SELECT id FROM {store.schema}.chatkit_items") == []


async def test_nothing_of_a_deleted_thread_comes_back_whoever_is_first(store: StoreIn) -> None:
    async def converse(number: int) -> None:
        name = f"thr_{number}"
        await store.save_thread(thread(name), ALICE)

        async def stream() -> None:
            for step in range(6):
                await store.add_thread_item(name, answer(f"m{step}", thread_id=name), ALICE)
                await store.save_thread(thread(name, title=str(step)), ALICE)

        async def delete() -> None:
            await asyncio.sleep(random.uniform(0, 0.05))
            await store.delete_thread(name, ALICE)

        outcomes = await asyncio.gather(stream(), delete(), return_exceptions=True)
        assert outcomes[1] is None
        assert outcomes[0] is None or isinstance(outcomes[0], NotFoundError)

    await asyncio.gather(*(converse(number) for number in range(60)))
    assert (await store.load_threads(100, None, "asc", ALICE)).data == []
    async with connection(store.url) as server:
        assert await server.fetch(f"SELECT id FROM {store.schema}.chatkit_items") == []


async def test_content_does_not_outlive_its_deletion(store: StoreIn) -> None:
    await store.save_thread(thread(title="SECRET"), ALICE)
    await store.save_thread(thread("thr_2"), ALICE)
    await store.add_thread_item("thr_2", answer("m1", "SECRET", thread_id="thr_2"), ALICE)
    await store.delete_thread("thr_1", ALICE)
    await store.delete_thread_item("thr_2", "m1", ALICE)
    async with connection(store.url) as server:
        for table in ("threads", "items"):
            rows = await server.fetch(f"SELECT * FROM {store.schema}.chatkit_{table}")
            assert rows
            assert "SECRET" not in str(rows)


async def test_an_item_that_is_added_again_is_a_new_one(store: StoreIn) -> None:
    await store.save_thread(thread(), ALICE)
    for name in ("m1", "m2"):
        await store.add_thread_item("thr_1", answer(name), ALICE)
    await store.delete_thread_item("thr_1", "m1", ALICE)
    await store.add_thread_item("thr_1", answer("m1", "again"), ALICE)
    assert await ids(store) == ["m2", "m1"]
    assert await ids(store, "desc") == ["m1", "m2"]


# --- Retention ---


async def test_purging_goes_on_until_nothing_is_left(
    store: StoreIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres, "_PORTION", 3)
    await store.save_thread(thread(), ALICE)
    for number in range(8):
        await store.add_thread_item("thr_1", answer(f"m{number}"), ALICE)
        await store.save_thread(thread(f"gone_{number}"), BOB)
    for number in range(7):
        await store.delete_thread_item("thr_1", f"m{number}", ALICE)
        await store.delete_thread(f"gone_{number}", BOB)
    assert await store.purge(DAY) == 0
    assert await store.purge(timedelta(seconds=-1)) == 14
    assert await ids(store) == ["m7"]
    assert [one.id for one in (await store.load_threads(9, None, "asc", BOB)).data] == ["gone_7"]
    with pytest.raises(NotFoundError):
        await store.load_thread_items("thr_1", "m1", 5, "asc", ALICE)


async def test_deleting_a_tenant_leaves_no_row_of_it(store: StoreIn) -> None:
    for context in (ALICE, BOB):
        await store.save_thread(thread(), context)
        await store.save_thread(thread("thr_2"), context)
        await store.add_thread_item("thr_1", answer("m1"), context)
        await store.add_thread_item("thr_1", answer("m2"), context)
        await store.save_attachment(attachment(), context)
        await store.delete_thread_item("thr_1", "m1", context)
        await store.delete_thread("thr_2", context)
    await store.delete_tenant(ALICE)
    async with connection(store.url) as server:
        for table in ("threads", "items", "attachments"):
            rows = await server.fetch(f"SELECT DISTINCT tenant FROM {store.schema}.chatkit_{table}")
            assert [row[0] for row in rows] == ["bob"]
    exported = [(part["kind"], part["data"]["id"]) async for part in store.export_tenant(BOB)]
    assert exported == [("thread", "thr_1"), ("item", "m2"), ("attachment", "atc_1")]


# --- Repeating ---


async def test_serialization_failures_are_repeated(new_store: Callable[..., StoreIn]) -> None:
    settings = {"default_transaction_isolation": "serializable"}
    async with new_store(server_settings=settings) as store:
        await store.save_thread(thread(), ALICE)
        await asyncio.gather(
            *(store.add_thread_item("thr_1", answer(f"m{n}"), ALICE) for n in range(40)),
            *(store.save_thread(thread(title=str(n)), ALICE) for n in range(10)),
        )
        assert len(await ids(store)) == 40


async def test_a_deadlock_is_repeated(store: StoreIn) -> None:
    await store.save_thread(thread(), ALICE)
    await store.add_thread_item("thr_1", answer("m1"), ALICE)
    async with beside(store) as other:
        await other.execute("SET LOCAL deadlock_timeout = '20s'")  # so that the store's side is ended
        await other.execute("SELECT 1 FROM chatkit_items FOR UPDATE")
        deleting = await waits(store.delete_thread("thr_1", ALICE))
        await other.execute("UPDATE chatkit_threads SET item_count = item_count + 1")
    await deleting
    with pytest.raises(NotFoundError):
        await store.load_thread("thr_1", ALICE)


async def test_connections_that_the_server_ends_are_replaced(new_store: Callable[..., StoreIn]) -> None:
    name = uuid.uuid4().hex
    async with new_store(server_settings={"application_name": name}) as store:
        await store.save_thread(thread(), ALICE)
        running, ended = True, 0

        async def interrupt() -> None:
            nonlocal ended
            async with connection(store.url) as server:
                while running:
                    ended += await server.fetchval(
                        "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
                        "WHERE application_name = $1",
                        name,
                    )
                    await asyncio.sleep(0.05)

        interrupting = asyncio.create_task(interrupt())
        added = 0
        while added < 200 or (ended <= 10 and added < 20_000):
            await asyncio.gather(
                *(store.add_thread_item("thr_1", answer(f"m{added + n}"), ALICE) for n in range(20))
            )
            added += 20
        running = False
        await interrupting
        assert ended > 10
        assert len(await ids(store)) == added


async def test_a_lost_acknowledgement_does_no_harm(new_store: Callable[..., StoreIn], url: str) -> None:
    async with Proxy(*host_and_port(url)) as proxy, new_store(url=through(proxy, url)) as store:
        await store.save_thread(thread(), ALICE)
        for number in range(5):
            proxy.lose_answer(b"m_lost")
            await store.add_thread_item("thr_1", answer(f"m_lost{number}"), ALICE)
        proxy.lose_answer(b"COMMIT")
        await store.delete_thread("thr_1", ALICE)
        assert proxy.struck["lost answer"] == 6
        with pytest.raises(NotFoundError):
            await store.load_thread("thr_1", ALICE)


async def test_a_connection_to_what_became_a_standby_is_left(new_store: Callable[..., StoreIn]) -> None:
    made: list[Any] = []

    async def demote(new: Any) -> None:
        made.append(new)
        if len(made) == 1:
            await new.execute("SET default_transaction_read_only = on")

    async with new_store() as first:
        await first.save_thread(thread(), ALICE)
    async with new_store(init=demote) as store:
        assert len(made) == 1
        await store.add_thread_item("thr_1", answer("m1"), ALICE)
        assert len(made) == 2
        assert await ids(store) == ["m1"]


# --- Time limits ---


def host_and_port(url: str) -> tuple[str, int]:
    found = re.search(r"@([^:/]+):(\d+)/", url)
    assert found is not None
    return found[1], int(found[2])


@asynccontextmanager
async def ends_within(seconds: float) -> AsyncGenerator[None]:
    began = time.monotonic()
    yield
    assert time.monotonic() - began < seconds


async def test_a_lock_that_stays_is_an_error_in_time_and_nothing_is_written_late(
    new_store: Callable[..., StoreIn],
) -> None:
    async with new_store(timeout=0.9, attempt_timeout=0.4) as store:
        await store.save_thread(thread(), ALICE)
        async with beside(store) as other:
            await other.execute("SELECT 1 FROM chatkit_threads FOR UPDATE")
            async with ends_within(1.9):
                outcomes = await asyncio.gather(
                    *(store.add_thread_item("thr_1", answer(f"m{n}"), ALICE) for n in range(5)),
                    store.save_thread(thread(title="late"), ALICE),
                    store.delete_thread("thr_1", ALICE),
                    return_exceptions=True,
                )
            assert {type(outcome) for outcome in outcomes} == {StoreUnavailable}
            await asyncio.sleep(1)
        await asyncio.sleep(0.2)
        assert await store.load_thread("thr_1", ALICE) == thread()
        assert await ids(store) == []


async def test_an_exhausted_pool_is_an_error_in_time(new_store: Callable[..., StoreIn]) -> None:
    async with new_store(timeout=1, max_size=1) as store:
        await store.save_thread(thread(), ALICE)
        async with beside(store) as other:
            await other.execute("SELECT 1 FROM chatkit_threads FOR UPDATE")
            async with ends_within(2):
                outcomes = await asyncio.gather(
                    store.save_thread(thread(title="x"), ALICE),
                    *(store.load_thread("thr_1", ALICE) for _ in range(5)),
                    return_exceptions=True,
                )
        assert {type(outcome) for outcome in outcomes} == {StoreUnavailable}
        assert (await store.load_thread("thr_1", ALICE)).id == "thr_1"


@pytest.mark.parametrize("borrowed", [False, True])
async def test_a_black_hole_is_an_error_in_time(
    new_store: Callable[..., StoreIn], url: str, borrowed: bool
) -> None:
    """Also with a pool that has no time limit of its own."""
    async with Proxy(*host_and_port(url)) as proxy, AsyncExitStack() as closing:
        source: Any = through(proxy, url)
        if borrowed:
            source = await create_pool(source, min_size=0, max_size=5)
            closing.callback(source.terminate)
        store = await closing.enter_async_context(
            new_store(url=source, timeout=1, attempt_timeout=0.5, max_size=5)
        )
        await store.save_thread(thread(), ALICE)
        await asyncio.gather(*(store.load_thread("thr_1", ALICE) for _ in range(5)))
        with proxy.black_hole():
            async with ends_within(2):
                outcomes = await asyncio.gather(
                    *(store.add_thread_item("thr_1", answer(f"m{n}"), ALICE) for n in range(10)),
                    store.delete_thread("thr_1", ALICE),
                    return_exceptions=True,
                )
            assert {type(outcome) for outcome in outcomes} == {StoreUnavailable}
        await asyncio.sleep(2.5)  # until the pool has its connections back
        await asyncio.gather(*(store.load_thread("thr_1", ALICE) for _ in range(10)))
        with proxy.black_hole():
            async with ends_within(2):
                await store.close()


async def test_half_open_connections_are_given_up_within_the_call(
    new_store: Callable[..., StoreIn], url: str
) -> None:
    async with (
        Proxy(*host_and_port(url)) as proxy,
        new_store(url=through(proxy, url), timeout=4, attempt_timeout=0.5) as store,
    ):
        await store.save_thread(thread(), ALICE)
        proxy.half_open()
        async with ends_within(2):
            assert await store.load_thread("thr_1", ALICE) == thread()


async def test_cancelled_calls_cost_the_pool_nothing(new_store: Callable[..., StoreIn]) -> None:
    name = uuid.uuid4().hex
    async with new_store(server_settings={"application_name": name}, max_size=5) as store:
        await store.save_thread(thread(), ALICE)
        for _ in range(10):
            calls = [
                asyncio.create_task(store.add_thread_item("thr_1", answer(uuid.uuid4().hex), ALICE))
                for _ in range(20)
            ]
            calls.append(asyncio.create_task(store.delete_thread("thr_2", ALICE)))
            for call in calls:
                await asyncio.sleep(random.uniform(0, 0.002))
                call.cancel()
            await asyncio.wait(calls, timeout=5)
            assert all(call.done() for call in calls)
        async with ends_within(5):
            await asyncio.gather(*(store.save_thread(thread(), ALICE) for _ in range(20)))
        async with connection(store.url) as server:
            count = "SELECT count(*) FROM pg_stat_activity WHERE application_name = $1"
            assert await server.fetchval(count, name) <= 5
    async with connection(store.url) as server:
        for _ in range(100):
            if not await server.fetchval(count, name):
                break
            await asyncio.sleep(0.05)
        assert await server.fetchval(count, name) == 0


@pytest.mark.parametrize("calls_after", [0, 3])
async def test_a_call_that_is_cancelled_when_it_is_handed_a_connection_keeps_none(
    new_store: Callable[..., StoreIn], calls_after: int
) -> None:
    async with new_store(max_size=1) as store:
        await store.save_thread(thread(), ALICE)

        async def use() -> None:
            await store.load_thread("thr_1", ALICE)
            waiting.cancel()

        using = asyncio.create_task(use())
        waiting = asyncio.create_task(store.load_thread("thr_1", ALICE))
        await asyncio.wait([using, waiting], timeout=5)
        assert waiting.cancelled()
        async with ends_within(2):
            await asyncio.gather(*(store.load_thread("thr_1", ALICE) for _ in range(calls_after)))
            await store.close()


# --- Pools, poolers, hosts ---


@pytest.mark.parametrize(
    "options",
    [{"setup": "watch"}, {"reset": "watch"}, {"init": "watch", "max_queries": 1}],
    ids=["setup", "reset", "max_queries"],
)
async def test_what_a_pool_does_for_each_use_it_does_for_each_call(
    new_store: Callable[..., StoreIn], options: dict[str, Any]
) -> None:
    """Also for those that wait for a connection and are handed one."""
    uses = 0

    async def watch(_connection: object) -> None:
        nonlocal uses
        uses += 1

    options = {name: watch if value == "watch" else value for name, value in options.items()}
    async with new_store(max_size=2, **options) as store:
        await store.connect()
        before = uses
        await asyncio.gather(*(store.save_thread(thread(f"thr_{n}"), ALICE) for n in range(20)))
        assert uses - before >= 20


async def test_a_given_pool_is_used_and_left_open(url: str, postgres_schema: str) -> None:
    async with create_pool(url, min_size=1, max_size=3) as pool:
        for _ in range(2):
            async with PostgresStore[Any](pool, tenant=tenant, schema=postgres_schema) as store:
                await asyncio.gather(*(store.save_thread(thread(f"thr_{n}"), ALICE) for n in range(20)))
        assert await pool.fetchval("SELECT 1") == 1
        assert pool.get_size() <= 3


async def test_a_pool_that_the_application_has_closed_is_a_clear_error(url: str) -> None:
    pool = await create_pool(url, min_size=0)
    store = PostgresStore[Any](pool, tenant=tenant)
    await pool.close()
    with pytest.raises(StoreError, match="pool is clos"):
        await store.load_thread("thr_1", ALICE)


async def test_calls_through_pgbouncer_do_not_fail(
    pgbouncer_server: Server, new_store: Callable[..., StoreIn]
) -> None:
    """Of 400 calls with asyncpg's defaults, 161 did."""
    async with AsyncExitStack() as closing:
        stores = [
            await closing.enter_async_context(new_store(url=pgbouncer_server.url)) for _ in range(4)
        ]
        await stores[0].save_thread(thread(), ALICE)
        await asyncio.gather(
            *(
                store.add_thread_item("thr_1", answer(f"m{n}"), ALICE)
                for n in range(50)
                for store in stores
            ),
            *(
                store.load_thread_items("thr_1", None, 20, "desc", ALICE)
                for _ in range(50)
                for store in stores
            ),
        )
        assert len(await ids(stores[0])) == 50


async def test_only_behind_a_pooler_statements_are_not_kept(
    pgbouncer_server: Server, new_store: Callable[..., StoreIn]
) -> None:
    kept = "SELECT count(*) FROM pg_prepared_statements WHERE name <> ''"
    made: list[Any] = []

    async def note(new: Any) -> None:
        made.append(new)

    async with new_store(init=note) as store:
        await store.save_thread(thread(), ALICE)
        assert await made[-1].fetchval(kept) > 0
    async with new_store(url=pgbouncer_server.url) as store:
        await asyncio.gather(*(store.save_thread(thread(), ALICE) for _ in range(50)))
    async with connection(pgbouncer_server.url) as bouncer:
        assert await bouncer.fetchval(kept) == 0


async def test_a_given_pool_that_would_lose_its_statements_is_refused(
    pgbouncer_server: Server, postgres_schema: str
) -> None:
    options: dict[str, Any] = {"tenant": tenant, "schema": postgres_schema}
    async with create_pool(pgbouncer_server.url, min_size=1) as pool:
        with pytest.raises(StoreError, match="statement_cache_size=0"):
            await PostgresStore[Any](pool, **options).connect()
        await pool.execute("DISCARD ALL")
        await PostgresStore[Any](pool, statement_cache_size=100, **options).close()
    async with (
        create_pool(pgbouncer_server.url, min_size=1, statement_cache_size=0) as pool,
        PostgresStore[Any](pool, **options) as store,
    ):
        await asyncio.gather(*(store.save_thread(thread(f"thr_{n}"), ALICE) for n in range(50)))


async def test_a_silent_host_does_not_keep_the_store_from_the_next(
    url: str, postgres_schema: str
) -> None:
    host, port = host_and_port(url)
    with socket.socket() as silent, socket.socket() as closed:
        for one in (silent, closed):
            one.bind(("127.0.0.1", 0))
        silent.listen()  # and never answers
        hosts = ",".join(f"127.0.0.1:{one.getsockname()[1]}" for one in (silent, closed))
        several = url.replace(f"{host}:{port}", f"{hosts},{host}:{port}")
        async with (
            ends_within(4),
            PostgresStore[Any](
                several, tenant=tenant, schema=postgres_schema, timeout=4, attempt_timeout=1
            ) as store,
        ):
            await store.save_thread(thread(), ALICE)


async def test_what_cannot_be_connected_to_is_a_clear_error(url: str) -> None:
    host, port = host_and_port(url)
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        refused = url.replace(f"{host}:{port}", f"127.0.0.1:{closed.getsockname()[1]}")
        store = PostgresStore[Any](refused, tenant=tenant, timeout=1)
        async with ends_within(2):
            with pytest.raises(StoreUnavailable, match="cannot be reached") as failure:
                await store.load_thread("thr_1", ALICE)
        assert isinstance(failure.value.__cause__, OSError)
    missing = re.sub(r"/[^/]*$", "/nowhere", url)
    with pytest.raises(StoreError, match='"nowhere" does not exist') as failure:
        await PostgresStore[Any](missing, tenant=tenant).connect()
    assert isinstance(failure.value.__cause__, asyncpg.InvalidCatalogNameError)
    with pytest.raises(StoreError, match="scheme"):
        await PostgresStore[Any]("mysql://localhost/chat", tenant=tenant).connect()
    for wrong in ("timeout", "attempt_timeout", "maintenance_timeout"):
        with pytest.raises(ValueError, match=wrong):
            PostgresStore[Any](url, tenant=tenant, **cast("Any", {wrong: 0}))
