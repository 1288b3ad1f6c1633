"""Threads in PostgreSQL, for many processes on many hosts.

An operation is one statement, so one round trip; deleting a thread is one transaction. Deleted threads
and items stay as rows without content, outside of the indexes that pages read: what saves a thread and
what deletes it meet at its one row, and one of them waits. What fails because of the moment (a
deadlock, a lost connection, a failover) is tried again until `timeout`.
"""

from __future__ import annotations

import asyncio
import re
import time
import uuid
from collections.abc import Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from functools import lru_cache, partial
from itertools import chain
from typing import TYPE_CHECKING, Any, ClassVar, Final, Protocol, TypeVar, cast
from urllib.parse import urlsplit

from reference_stores.shared import (
    BaseStore,
    Calls,
    MissingDriverError,
    SchemaTooNewError,
    Slots,
    StoreError,
    StoreUnavailable,
    TContext,
)

try:
    import asyncpg  # pyright: ignore[reportMissingTypeStubs] - it ships none
except ImportError as error:
    raise MissingDriverError("asyncpg", extra="postgres") from error
try:
    import tenacity
except ImportError as error:
    raise MissingDriverError("tenacity", extra="postgres") from error

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Sequence
    from datetime import tzinfo

    from reference_stores.shared import Codec, Rows

T = TypeVar("T")

# Append to it, and never change what was released: a database remembers how many of these it has seen.
# Distributed engines may run each statement by itself, so each can be repeated.
MIGRATIONS: Final[tuple[tuple[str, ...], ...]] = (
    (
        # A row with `deleted_at` is a tombstone. `sequence` is the server's clock, and after that the
        # id decides: a counter would let the threads of a tenant wait for each other.
        """
        CREATE TABLE IF NOT EXISTS chatkit_threads (
            tenant text COLLATE "C" NOT NULL,
            id text COLLATE "C" NOT NULL,
            sort_key bigint NOT NULL,
            sequence bigint NOT NULL,
            item_count bigint NOT NULL,
            deleted_at bigint,
            payload text NOT NULL,
            PRIMARY KEY (tenant, id)
        ) WITH (fillfactor = 70)
        """,
        """
        CREATE INDEX IF NOT EXISTS chatkit_threads_order
        ON chatkit_threads (tenant, sort_key, sequence, id) WHERE deleted_at IS NULL
        """,
        """
        CREATE INDEX IF NOT EXISTS chatkit_threads_deleted
        ON chatkit_threads (deleted_at) WHERE deleted_at IS NOT NULL
        """,
        # `sequence` is the thread's `item_count` of that moment.
        """
        CREATE TABLE IF NOT EXISTS chatkit_items (
            tenant text COLLATE "C" NOT NULL,
            thread_id text COLLATE "C" NOT NULL,
            id text COLLATE "C" NOT NULL,
            sort_key bigint NOT NULL,
            sequence bigint NOT NULL,
            fake boolean NOT NULL,
            deleted_at bigint,
            payload text NOT NULL,
            PRIMARY KEY (tenant, thread_id, id)
        )
        """,
        """
        CREATE INDEX IF NOT EXISTS chatkit_items_order
        ON chatkit_items (tenant, thread_id, sort_key, sequence) WHERE deleted_at IS NULL
        """,
        """
        CREATE INDEX IF NOT EXISTS chatkit_items_fake
        ON chatkit_items (tenant, thread_id, sort_key, sequence) WHERE fake AND deleted_at IS NULL
        """,
        """
        CREATE INDEX IF NOT EXISTS chatkit_items_deleted
        ON chatkit_items (deleted_at) WHERE deleted_at IS NOT NULL
        """,
        """
        CREATE TABLE IF NOT EXISTS chatkit_attachments (
            tenant text COLLATE "C" NOT NULL,
            id text COLLATE "C" NOT NULL,
            thread_id text COLLATE "C",
            saved_at bigint NOT NULL,
            payload text NOT NULL,
            PRIMARY KEY (tenant, id)
        )
        """,
        """
        CREATE INDEX IF NOT EXISTS chatkit_attachments_thread
        ON chatkit_attachments (tenant, thread_id, saved_at)
        """,
    ),
)

_HAS_SCHEMA: Final = "SELECT true FROM pg_namespace WHERE nspname = $1"
_READ_VERSION: Final = "SELECT version FROM chatkit_schema"
_MAKE_VERSION: Final = (
    "CREATE TABLE IF NOT EXISTS chatkit_schema (id integer PRIMARY KEY, version integer NOT NULL)",
    "INSERT INTO chatkit_schema (id, version) VALUES (1, 0) ON CONFLICT (id) DO NOTHING",
)
_LOCK_VERSION: Final = f"{_READ_VERSION} WHERE id = 1 FOR UPDATE"
_WRITE_VERSION: Final = "UPDATE chatkit_schema SET version = $1 WHERE id = 1"

# Whether a row lives: pages ask with `deleted_at IS NULL`, as the indexes for them do. What looks for
# one row asks otherwise, or PostgreSQL, while it knows nothing about a new table, takes such an index
# in place of the primary key, and steps through all of the thread or tenant.
_LIVES: Final = "coalesce(deleted_at, 0) = 0"

_READ_THREAD: Final = f"SELECT payload FROM chatkit_threads WHERE tenant = $1 AND id = $2 AND {_LIVES}"
_WRITE_THREAD: Final = """
    INSERT INTO chatkit_threads AS thread (tenant, id, sort_key, sequence, item_count, payload)
    VALUES ($1, $2, $3, (extract(epoch FROM clock_timestamp()) * 1000000)::bigint, 0, $4)
    ON CONFLICT (tenant, id) DO UPDATE SET payload = excluded.payload
    WHERE thread.deleted_at IS NULL
"""
# The items in a statement of their own: it sees what was added while the first waited for the row.
_ERASE_THREAD: Final = f"""
    UPDATE chatkit_threads SET deleted_at = $3, payload = ''
    WHERE tenant = $1 AND id = $2 AND {_LIVES}
"""
_ERASE_ITEMS: Final = "DELETE FROM chatkit_items WHERE tenant = $1 AND thread_id = $2"

_WRITE_ITEM: Final = f"""
    WITH thread AS (
        UPDATE chatkit_threads SET item_count = item_count + 1
        WHERE tenant = $1 AND id = $2 AND {_LIVES}
        RETURNING item_count
    )
    INSERT INTO chatkit_items AS item (tenant, thread_id, id, sort_key, sequence, fake, payload)
    SELECT $1, $2, $3, $4::bigint, item_count, $5::boolean, $6 FROM thread
    ON CONFLICT (tenant, thread_id, id) DO UPDATE SET
        payload = excluded.payload,
        sort_key = CASE WHEN item.deleted_at IS NULL THEN item.sort_key ELSE excluded.sort_key END,
        sequence = CASE WHEN item.deleted_at IS NULL THEN item.sequence ELSE excluded.sequence END,
        fake = CASE WHEN item.deleted_at IS NULL THEN item.fake ELSE excluded.fake END,
        deleted_at = NULL
    RETURNING true
"""
_READ_ITEM: Final = f"""
    SELECT payload FROM chatkit_items WHERE tenant = $1 AND thread_id = $2 AND id = $3 AND {_LIVES}
"""
_READ_NEWEST_FAKE_ITEM: Final = """
    SELECT id, payload FROM chatkit_items
    WHERE tenant = $1 AND thread_id = $2 AND fake AND deleted_at IS NULL
    ORDER BY sort_key DESC, sequence DESC LIMIT 1
"""
_ERASE_ITEM: Final = f"""
    UPDATE chatkit_items SET deleted_at = $4, payload = ''
    WHERE tenant = $1 AND thread_id = $2 AND id = $3 AND {_LIVES}
"""

_WRITE_ATTACHMENT: Final = """
    INSERT INTO chatkit_attachments (tenant, id, thread_id, saved_at, payload)
    VALUES ($1, $2, $3, $4, $5)
    ON CONFLICT (tenant, id) DO UPDATE SET thread_id = excluded.thread_id, payload = excluded.payload
"""
_READ_ATTACHMENT: Final = "SELECT payload FROM chatkit_attachments WHERE tenant = $1 AND id = $2"
_READ_ATTACHMENTS: Final = """
    SELECT id, payload FROM chatkit_attachments WHERE tenant = $1 AND id > $2 ORDER BY id LIMIT $3
"""
_READ_ORPHANED_ATTACHMENTS: Final = f"""
    SELECT id, payload FROM (
        SELECT id, payload, saved_at FROM chatkit_attachments
        WHERE tenant = $1 AND thread_id IS NULL AND saved_at < $2
        UNION ALL
        SELECT id, payload, saved_at FROM chatkit_attachments AS attachment
        WHERE tenant = $1 AND thread_id IS NOT NULL AND NOT EXISTS (
            SELECT 1 FROM chatkit_threads
            WHERE tenant = $1 AND id = attachment.thread_id AND {_LIVES}
        )
    ) AS orphans
    ORDER BY saved_at LIMIT $3
"""
_ERASE_ATTACHMENT: Final = "DELETE FROM chatkit_attachments WHERE tenant = $1 AND id = $2"

_READ_IDLE_THREADS: Final = """
    SELECT tenant, id FROM chatkit_threads AS thread
    WHERE sort_key < $1 AND deleted_at IS NULL AND NOT EXISTS (
        SELECT 1 FROM chatkit_items
        WHERE tenant = thread.tenant AND thread_id = thread.id AND sort_key >= $1 AND deleted_at IS NULL
    )
    LIMIT $2
"""
# In portions. The outer condition again: an item may have been added once more meanwhile.
_ERASE_TOMBSTONES: Final = (
    """
    WITH gone AS (
        DELETE FROM chatkit_threads WHERE deleted_at < $1 AND (tenant, id) IN (
            SELECT tenant, id FROM chatkit_threads WHERE deleted_at < $1 LIMIT $2
        )
        RETURNING 1
    )
    SELECT count(*) FROM gone
    """,
    """
    WITH gone AS (
        DELETE FROM chatkit_items WHERE deleted_at < $1 AND (tenant, thread_id, id) IN (
            SELECT tenant, thread_id, id FROM chatkit_items WHERE deleted_at < $1 LIMIT $2
        )
        RETURNING 1
    )
    SELECT count(*) FROM gone
    """,
)
# Threads first: their rows keep out whoever would add an item meanwhile.
_ERASE_TENANT: Final = (
    "DELETE FROM chatkit_threads WHERE tenant = $1",
    "DELETE FROM chatkit_items WHERE tenant = $1",
    "DELETE FROM chatkit_attachments WHERE tenant = $1",
)


class _Order:
    """The statements that read one kind of row in the order of pages.

    `owner` holds the first parameters; then come the limit and the cursor's id.
    """

    def __init__(self, table: str, owner: str, *position: str) -> None:
        limit, after = (f"${owner.count('$') + more}" for more in (1, 2))
        columns = ", ".join(position)
        rows = f"SELECT id, payload FROM {table} WHERE {owner} AND deleted_at IS NULL"
        cursor = f"SELECT {columns} FROM {table} WHERE {owner} AND id = {after}"
        self.first: dict[bool, str] = {}
        """The first page, by whether it is descending."""
        self.next: dict[bool, str] = {}
        for descending, direction, beyond in ((False, "ASC", ">"), (True, "DESC", "<")):
            order = ", ".join(f"{column} {direction}" for column in position)
            end = f"ORDER BY {order} LIMIT {limit}"
            self.first[descending] = f"{rows} {end}"
            self.next[descending] = f"{rows} AND ({columns}) {beyond} ({cursor}) {end}"


_THREADS: Final = _Order("chatkit_threads", "tenant = $1", "sort_key", "sequence", "id")
_ITEMS: Final = _Order("chatkit_items", "tenant = $1 AND thread_id = $2", "sort_key", "sequence")

# Whether a page behind a cursor may be empty, asked only when it is: the cursor is or was there.
_IS_THREAD: Final = "SELECT EXISTS (SELECT 1 FROM chatkit_threads WHERE tenant = $1 AND id = $2)"
_IS_ITEM_OR_NO_THREAD: Final = f"""
    SELECT EXISTS (
        SELECT 1 FROM chatkit_items WHERE tenant = $1 AND thread_id = $2 AND id = $3
    ) OR NOT EXISTS (
        SELECT 1 FROM chatkit_threads WHERE tenant = $1 AND id = $2 AND {_LIVES}
    )
"""

_TABLES: Final = re.compile(r"\bchatkit_(?:threads|items|attachments|schema)\b")


@lru_cache(maxsize=1000)
def _in_schema(schema: str, statement: str) -> str:
    """The statement with the tables of a schema, whose name is quoted."""
    return _TABLES.sub(lambda table: f"{schema}.{table[0]}", statement)


class _Connection(Protocol):
    """What is used of a connection of asyncpg, which has no types."""

    async def execute(self, query: str, *args: object, timeout: float) -> str: ...
    async def fetch(self, query: str, *args: object, timeout: float) -> list[Any]: ...
    async def fetchrow(self, query: str, *args: object, timeout: float) -> Any: ...
    async def fetchval(self, query: str, *args: object, timeout: float) -> Any: ...
    def get_server_pid(self) -> int | None: ...
    def is_closed(self) -> bool: ...
    def is_in_transaction(self) -> bool: ...
    def terminate(self) -> None: ...


class _Pool(Protocol):
    """What is used of a pool of asyncpg."""

    def acquire(self, *, timeout: float | None) -> Awaitable[_Connection]: ...
    async def release(self, connection: _Connection, *, timeout: float | None) -> None: ...
    async def close(self) -> None: ...


_Work = Callable[[_Connection, float], Awaitable[T]]
"""What is done with a connection until a deadline, as `time.monotonic` counts."""

# Errors after which the same call may succeed.
_PASSING: Final[tuple[type[Exception], ...]] = (
    asyncpg.TransactionRollbackError,  # serialization failures and deadlocks
    asyncpg.PostgresConnectionError,
    asyncpg.TooManyConnectionsError,
    asyncpg.CannotConnectNowError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.QueryCanceledError,  # perhaps instead of a statement before it, by a late request
    asyncpg.ReadOnlySQLTransactionError,  # the server has become a standby
    asyncpg.TargetServerAttributeNotMatched,  # no standby has become the primary yet
    asyncpg.UniqueViolationError,  # in PostgreSQL's catalogue: another process makes the same table
    OSError,
    asyncio.TimeoutError,
)
_LOST_STATEMENTS: Final = (
    asyncpg.DuplicatePreparedStatementError,
    asyncpg.InvalidSQLStatementNameError,
)
_ATTEMPTS: Final = 30
_LONGEST_RELEASE: Final = 2.0
_PORTION: Final = 10_000


async def _keep_session(_connection: object) -> None:
    """What a pool runs on a connection that comes back: nothing, for the store changes no session."""


def _left(deadline: float) -> float:
    return deadline - time.monotonic()


class PostgresStore(BaseStore[TContext]):
    """A store in a PostgreSQL database. What is not said here is said at `BaseStore`.

    Args:
        source: a URL, as `postgresql://user:password@host:5432/database?sslmode=verify-full`; with
            several hosts, the one that takes writes is used. Or a pool of asyncpg, which is not closed.
        schema: of the tables, made if it is not there; by default the `search_path` decides.
        timeout: seconds that an operation may take, with waiting for a connection and all repeats,
            until `StoreUnavailable`.
        attempt_timeout: seconds after which a connection that does not answer is given up, and the
            operation repeated on another.
        maintenance_timeout: both for migrations, `purge` and `delete_tenant`.
        min_size: connections that are made at once.
        max_size: connections at most.
        max_inactive_connection_lifetime: seconds until an idle connection is closed.
        statement_cache_size: prepared statements that a connection keeps. By default 0 where a pooler
            as PgBouncer stands between, since the next transaction may run on another of its
            connections, else asyncpg's own. A given pool that should have 0 there and has not is
            refused, unless this is given too.
        options: further arguments of `asyncpg.create_pool`, as `ssl` and `password`.
    """

    engine: ClassVar[str] = "postgresql"
    driver_errors: ClassVar[tuple[type[Exception], ...]] = (
        asyncpg.PostgresError,
        asyncpg.InterfaceError,
        asyncpg.InternalClientError,
    )

    def __init__(
        self,
        source: str | asyncpg.Pool,
        *,
        tenant: Callable[[TContext], str],
        codec: Codec | None = None,
        max_page_size: int = 1000,
        time_zone: tzinfo | None = None,
        schema: str | None = None,
        timeout: float = 10.0,
        attempt_timeout: float = 5.0,
        maintenance_timeout: float = 300.0,
        min_size: int = 0,
        max_size: int = 10,
        max_inactive_connection_lifetime: float = 300.0,
        statement_cache_size: int | None = None,
        **options: Any,
    ) -> None:
        super().__init__(tenant=tenant, codec=codec, max_page_size=max_page_size, time_zone=time_zone)
        for name, seconds in (
            ("timeout", timeout),
            ("attempt_timeout", attempt_timeout),
            ("maintenance_timeout", maintenance_timeout),
        ):
            if not seconds > 0:
                raise ValueError(f"{name} must be greater than 0, not {seconds}")
        self._source = source
        self._schema = schema
        self._timeout = timeout
        self._attempt_timeout = attempt_timeout
        self._maintenance_timeout = maintenance_timeout
        self._statement_cache_size = statement_cache_size
        self._options = {
            "min_size": min_size,
            "max_size": max_size,
            "max_inactive_connection_lifetime": max_inactive_connection_lifetime,
            "timeout": attempt_timeout,
            "command_timeout": timeout,
            "reset": _keep_session,
            **options,
        }
        if isinstance(source, str) and len(hosts := _hosts(source)) > 1:
            self._options["connect"] = partial(_connect_to_any, hosts)
            if "target_session_attrs" not in source:
                self._options.setdefault("target_session_attrs", "primary")
        self._slots = Slots(max_size) if isinstance(source, str) else None
        # While others wait, a connection is handed on: the way through the pool takes a quarter of the
        # processor time of a write. It goes there if the pool has something to do for each use.
        self._hands_on = options.keys().isdisjoint(("setup", "reset", "max_queries"))
        self._handed_on: list[_Connection] = []
        self._pool: _Pool | None = None
        self._calls = Calls()
        self._releasing: set[asyncio.Task[None]] = set()

    # --- Life cycle ---

    async def _open(self) -> None:
        if not isinstance(self._source, str):
            self._pool = cast("_Pool", self._source)
            if self._statement_cache_size is None and await self._run(_loses_statements):
                raise StoreError(
                    "This pool keeps prepared statements, and its connections lead to a pooler (as "
                    "PgBouncer), where these get lost or mixed up. Make the pool with "
                    "statement_cache_size=0; if the pooler keeps them too, give that to the store."
                )
            return
        self._pool = await self._new_pool(self._statement_cache_size)
        if self._statement_cache_size is None and await self._run(_is_pooled):
            await self._pool.close()
            self._pool = await self._new_pool(0)

    async def _new_pool(self, statement_cache_size: int | None) -> _Pool:
        options = dict(self._options)
        if statement_cache_size is not None:
            options["statement_cache_size"] = statement_cache_size

        async def make(_deadline: float) -> _Pool:
            return await cast("Any", asyncpg).create_pool(self._source, **options)

        return await self._persist(self._timeout, make)

    async def _shut(self) -> None:
        deadline = time.monotonic() + self._timeout
        with suppress(asyncio.TimeoutError):
            await asyncio.wait_for(self._calls.end(), self._timeout)
        pool, self._pool = self._pool, None
        if pool is not None and isinstance(self._source, str):
            while self._handed_on:  # to a call that was cancelled in that moment, and none came since
                _cut(self._handed_on.pop())
            with suppress(asyncio.TimeoutError):  # asyncpg has cut the connections then
                await asyncio.wait_for(pool.close(), max(_left(deadline), 0.5))

    async def _migrate(self) -> None:
        if await self._run(self._read_version) < len(MIGRATIONS):
            await self._run(self._apply_migrations, self._maintenance_timeout)

    async def _read_version(self, connection: _Connection, deadline: float) -> int:
        try:
            found = await connection.fetchval(self._sql(_READ_VERSION), timeout=_left(deadline))
        except (asyncpg.UndefinedTableError, asyncpg.InvalidSchemaNameError):
            return 0
        return _checked(found or 0)

    async def _apply_migrations(self, connection: _Connection, deadline: float) -> None:
        async def execute(sql: str, *arguments: object) -> Any:
            return await connection.fetchval(sql, *arguments, timeout=_left(deadline))

        async with _transaction(connection, deadline):
            if self._schema is not None and not await execute(_HAS_SCHEMA, self._schema):
                await execute(f"CREATE SCHEMA IF NOT EXISTS {_quoted(self._schema)}")
            for statement in _MAKE_VERSION:
                await execute(self._sql(statement))
            version = _checked(await execute(self._sql(_LOCK_VERSION)))
            # Its columns take no collation "C"; it compares byte by byte without.
            is_cockroach = "CockroachDB" in await execute("SELECT version()")
            for statement in chain.from_iterable(MIGRATIONS[version:]):
                sql = self._sql(statement)
                await execute(sql.replace(' COLLATE "C"', "") if is_cockroach else sql)
            await execute(self._sql(_WRITE_VERSION), len(MIGRATIONS))

    def as_store_error(self, error: Exception, operation: str) -> StoreError:
        reason = f"PostgreSQL failed in {operation}: {_said(error)}"
        if isinstance(error, (*_PASSING, *_EXHAUSTED)):
            return StoreUnavailable(reason)
        for kinds, remedy in _REMEDIES:
            if isinstance(error, kinds):
                return StoreError(f"{reason}. {remedy}")
        return StoreError(reason)

    # --- Statements ---

    def _sql(self, statement: str) -> str:
        return statement if self._schema is None else _in_schema(_quoted(self._schema), statement)

    async def _fetch(self, statement: str, *arguments: object) -> list[Any]:
        sql = self._sql(statement)
        return await self._run(lambda c, deadline: c.fetch(sql, *arguments, timeout=_left(deadline)))

    async def _fetch_row(self, statement: str, *arguments: object) -> Any:
        sql = self._sql(statement)
        return await self._run(lambda c, deadline: c.fetchrow(sql, *arguments, timeout=_left(deadline)))

    async def _fetch_value(self, statement: str, *arguments: object) -> Any:
        sql = self._sql(statement)
        return await self._run(lambda c, deadline: c.fetchval(sql, *arguments, timeout=_left(deadline)))

    async def _execute_all(self, seconds: float, *statements: tuple[str, tuple[object, ...]]) -> None:
        """Run statements in one transaction, in which each sees what was committed before it."""

        async def work(connection: _Connection, deadline: float) -> None:
            async with _transaction(connection, deadline):
                for statement, arguments in statements:
                    await connection.execute(self._sql(statement), *arguments, timeout=_left(deadline))

        await self._run(work, seconds)

    async def _run(self, work: _Work[T], seconds: float | None = None) -> T:
        """Do the work with a connection of the pool, and again if it fails because of the moment."""
        limit = seconds or self._attempt_timeout
        return await self._persist(seconds or self._timeout, self._attempt, work, limit)

    async def _persist(
        self, seconds: float, attempt: Callable[..., Awaitable[T]], *arguments: object
    ) -> T:
        deadline = time.monotonic() + seconds
        try:
            with self._calls:
                try:
                    return await attempt(*arguments, deadline)
                except _PASSING:
                    if _left(deadline) <= 0:
                        raise
                return await tenacity.AsyncRetrying(
                    retry=tenacity.retry_if_exception_type(_PASSING),
                    wait=tenacity.wait_random_exponential(multiplier=0.01, max=0.5),
                    stop=tenacity.stop_after_attempt(_ATTEMPTS)
                    | tenacity.stop_before_delay(_left(deadline)),
                    reraise=True,
                )(attempt, *arguments, deadline)
        except (asyncio.TimeoutError, TimeoutError) as error:  # two until Python 3.11
            raise StoreUnavailable(f"PostgreSQL gave no answer within {seconds:g} s") from error
        except OSError as error:
            raise StoreUnavailable(f"PostgreSQL cannot be reached: {error}") from error

    async def _attempt(self, work: _Work[T], seconds: float, deadline: float) -> T:
        pool = self._pool
        if pool is None:  # closed while this call waited to repeat
            raise ConnectionError("the store was closed")
        connection = await self._acquire(pool, deadline)
        try:
            result = await work(connection, min(deadline, time.monotonic() + seconds))
        except asyncpg.PostgresError as error:
            if isinstance(error, asyncpg.ReadOnlySQLTransactionError):
                _cut(connection)  # or the next would be led to the standby as well
            await self._release(pool, connection)
            raise
        except (Exception, asyncio.CancelledError) as error:
            # In mid-statement: asyncpg asks the server to cancel it, so that nothing is written when
            # nobody expects it. The caller does not wait for that.
            was_lost = _is_lost(connection) or isinstance(error, asyncpg.InternalClientError)
            if was_lost or connection.is_in_transaction():
                _cut(connection)
            releasing = asyncio.create_task(self._release(pool, connection))
            self._releasing.add(releasing)
            releasing.add_done_callback(self._releasing.discard)
            if was_lost and isinstance(error, self.driver_errors):
                raise ConnectionError(str(error)) from error
            raise
        await self._release(pool, connection, is_idle=True)
        return result

    async def _acquire(self, pool: _Pool, deadline: float) -> _Connection:
        if self._slots is None:
            return await pool.acquire(timeout=_left(deadline))
        await self._slots.take(_left(deadline))
        while self._handed_on:  # they may have waited here, where nothing tells that one was lost
            connection = self._handed_on.pop()
            if not _is_lost(connection):
                return connection
        # A time limit takes time. Now a connection is free, or can be made, for which the pool has a
        # limit, and there is none to wait for.
        is_in_time = _left(deadline) >= self._attempt_timeout
        try:
            return await pool.acquire(timeout=None if is_in_time else _left(deadline))
        except BaseException:
            self._slots.give()
            raise

    async def _release(self, pool: _Pool, connection: _Connection, *, is_idle: bool = False) -> None:
        if is_idle and self._hands_on and self._slots and self._slots.pass_on():
            self._handed_on.append(connection)
            return
        # A silent connection takes all this time, and then an operation has to have some left. With an
        # idle one our own pool does nothing.
        limit = None if is_idle and self._slots else min(_LONGEST_RELEASE, self._attempt_timeout / 2)
        # What fails here is lost for the pool, and not for the caller.
        try:
            with suppress(*self.driver_errors, OSError, asyncio.TimeoutError):
                await pool.release(connection, timeout=limit)
        finally:
            if self._slots is not None:
                self._slots.give()

    # --- Threads ---

    async def _read_thread(self, tenant: str, thread: str) -> str | None:
        return await self._fetch_value(_READ_THREAD, tenant, thread)

    async def _write_thread(self, tenant: str, thread: str, sort_key: int, payload: str) -> None:
        await self._fetch_value(_WRITE_THREAD, tenant, thread, sort_key, payload)

    async def _read_threads(
        self, tenant: str, after: str | None, limit: int, *, descending: bool = False
    ) -> Rows | None:
        if after is None:
            return await self._fetch(_THREADS.first[descending], tenant, limit)
        rows = await self._fetch(_THREADS.next[descending], tenant, limit, after)
        if not rows and not await self._fetch_value(_IS_THREAD, tenant, after):
            return None
        return rows

    async def _erase_thread(self, tenant: str, thread: str, deleted_at: int) -> None:
        await self._execute_all(
            self._timeout,
            (_ERASE_THREAD, (tenant, thread, deleted_at)),
            (_ERASE_ITEMS, (tenant, thread)),
        )

    # --- Items ---

    async def _write_item(
        self, tenant: str, thread: str, item: str, sort_key: int, payload: str, *, fake: bool
    ) -> bool:
        written = await self._fetch_value(_WRITE_ITEM, tenant, thread, item, sort_key, fake, payload)
        return written is not None

    async def _read_item(self, tenant: str, thread: str, item: str) -> str | None:
        return await self._fetch_value(_READ_ITEM, tenant, thread, item)

    async def _read_items(
        self, tenant: str, thread: str, after: str | None, limit: int, *, descending: bool = False
    ) -> Rows | None:
        if after is None:
            return await self._fetch(_ITEMS.first[descending], tenant, thread, limit)
        rows = await self._fetch(_ITEMS.next[descending], tenant, thread, limit, after)
        if not rows and not await self._fetch_value(_IS_ITEM_OR_NO_THREAD, tenant, thread, after):
            return None
        return rows

    async def _read_newest_fake_item(self, tenant: str, thread: str) -> tuple[str, str] | None:
        return await self._fetch_row(_READ_NEWEST_FAKE_ITEM, tenant, thread)

    async def _erase_item(self, tenant: str, thread: str, item: str, deleted_at: int) -> None:
        await self._fetch_value(_ERASE_ITEM, tenant, thread, item, deleted_at)

    # --- Attachments ---

    async def _write_attachment(
        self, tenant: str, attachment: str, thread: str | None, saved_at: int, payload: str
    ) -> None:
        await self._fetch_value(_WRITE_ATTACHMENT, tenant, attachment, thread, saved_at, payload)

    async def _read_attachment(self, tenant: str, attachment: str) -> str | None:
        return await self._fetch_value(_READ_ATTACHMENT, tenant, attachment)

    async def _read_attachments(self, tenant: str, after: str | None, limit: int) -> Rows:
        return await self._fetch(_READ_ATTACHMENTS, tenant, after or "", limit)

    async def _read_orphaned_attachments(self, tenant: str, before: int, limit: int) -> Rows:
        return await self._fetch(_READ_ORPHANED_ATTACHMENTS, tenant, before, limit)

    async def _erase_attachment(self, tenant: str, attachment: str) -> None:
        await self._fetch_value(_ERASE_ATTACHMENT, tenant, attachment)

    # --- Retention ---

    async def _read_idle_threads(self, before: int, limit: int) -> Sequence[tuple[str, str]]:
        statement = self._sql(_READ_IDLE_THREADS)
        return await self._run(
            lambda connection, deadline: connection.fetch(
                statement, before, limit, timeout=_left(deadline)
            ),
            self._maintenance_timeout,
        )

    async def _erase_tombstones(self, before: int) -> int:
        count = 0
        for statement in _ERASE_TOMBSTONES:
            sql = self._sql(statement)
            erased = _PORTION
            while erased == _PORTION:
                erased = await self._run(
                    lambda connection, deadline, sql=sql: connection.fetchval(
                        sql, before, _PORTION, timeout=_left(deadline)
                    ),
                    self._maintenance_timeout,
                )
                count += erased
        return count

    async def _erase_tenant(self, tenant: str) -> None:
        await self._execute_all(
            self._maintenance_timeout, *((statement, (tenant,)) for statement in _ERASE_TENANT)
        )


@asynccontextmanager
async def _transaction(connection: _Connection, deadline: float) -> AsyncGenerator[None]:
    """A transaction; asyncpg's own begins and ends without a time limit on a pool that has none."""
    await connection.execute("BEGIN ISOLATION LEVEL READ COMMITTED", timeout=_left(deadline))
    try:
        yield
        await connection.execute("COMMIT", timeout=_left(deadline))
    except asyncpg.PostgresError:  # after any other the connection is cut
        await connection.execute("ROLLBACK", timeout=_left(deadline))
        raise


def _hosts(url: str) -> list[str]:
    """A URL for each host that the URL names."""
    parts = urlsplit(url)
    login, at, hosts = parts.netloc.rpartition("@")
    return [parts._replace(netloc=f"{login}{at}{host}").geturl() for host in hosts.split(",")]


async def _connect_to_any(hosts: Sequence[str], _url: str, *, timeout: float, **options: Any) -> Any:
    """A connection to the first host that is as wanted.

    asyncpg alone does not get beyond a host that is silent.
    """
    failure: Exception | None = None
    for host in hosts:
        try:
            return await cast("Any", asyncpg).connect(host, timeout=timeout / len(hosts), **options)
        except _PASSING as error:  # noqa: PERF203 - of this host, and there are others
            failure = error
    raise failure or ConnectionError("the URL names no host")


async def _is_pooled(connection: _Connection, deadline: float) -> bool:
    """Whether the process that serves us is not the one that the connection was made with.

    Asked without a prepared statement.
    """
    answer = await connection.execute(
        f"SELECT 1 WHERE pg_backend_pid() = {connection.get_server_pid() or 0:d}",
        timeout=_left(deadline),
    )
    return answer != "SELECT 1"


async def _loses_statements(connection: _Connection, deadline: float) -> bool:
    """Whether a connection to a pooler prepares statements with names."""
    if not await _is_pooled(connection, deadline):
        return False
    mark = uuid.uuid4().hex
    sql = f"SELECT count(*) FROM pg_prepared_statements WHERE name <> '' AND statement LIKE '%{mark}%'"
    try:
        return await connection.fetchval(sql, timeout=_left(deadline)) > 0
    except _LOST_STATEMENTS:
        return True


def _is_lost(connection: _Connection) -> bool:
    try:
        return connection.is_closed()
    except asyncpg.InterfaceError:  # the pool has it back already
        return True


def _cut(connection: _Connection) -> None:
    """Close the connection without a word."""
    with suppress(asyncpg.InterfaceError):
        connection.terminate()


def _checked(version: int) -> int:
    if version > len(MIGRATIONS):
        raise SchemaTooNewError(
            f"The database has the schema {version}, and this release knows those up to "
            f"{len(MIGRATIONS)}: update chatkit-store-creator, or the copied postgres.py."
        )
    return version


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _said(error: Exception) -> str:
    """What went wrong, without the details, which may quote ids."""
    state = getattr(error, "sqlstate", None)
    return f"{error.args[0] if error.args else error!r}" + (f" (SQLSTATE {state})" if state else "")


_EXHAUSTED: Final = (
    asyncpg.InsufficientResourcesError,
    asyncpg.OperatorInterventionError,
    asyncpg.LockNotAvailableError,
)
_REMEDIES: Final[tuple[tuple[tuple[type[Exception], ...], str], ...]] = (
    (
        _LOST_STATEMENTS,
        "A pooler such as PgBouncer shares its connections: give the store statement_cache_size=0.",
    ),
    (
        (asyncpg.InsufficientPrivilegeError,),
        "Run setup() once with a role that may create tables, and let this one read and write them.",
    ),
    ((asyncpg.UndefinedTableError,), "Its tables are gone: run setup()."),
)
