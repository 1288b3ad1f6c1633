"""Threads in one SQLite file, for an application on one machine, with as many processes as it likes.

One connection writes, in a thread of its own; what arrives while it waits for the disk goes into the
next transaction together. Other connections read meanwhile, as write-ahead logging lets them. Each
operation is one hop to one of these threads.
"""

from __future__ import annotations

import asyncio
import os
import sqlite3
import time
from collections import deque
from dataclasses import dataclass
from functools import partial
from itertools import chain
from operator import attrgetter
from typing import TYPE_CHECKING, Any, ClassVar, Final, Generic, Literal, TypeVar, cast

from reference_stores.shared import (
    BaseStore,
    MissingDriverError,
    SchemaTooNewError,
    StoreError,
    StoreUnavailable,
    TContext,
)

try:
    import aiosqlite
except ImportError as error:
    raise MissingDriverError("aiosqlite", extra="sqlite") from error

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence
    from datetime import tzinfo

    from reference_stores.shared import Codec, Rows

T = TypeVar("T")
_Parameters = tuple[Any, ...] | dict[str, Any]

# Append to it, and never change what was released: a database remembers how many of these it has seen.
MIGRATIONS: Final[tuple[tuple[str, ...], ...]] = (
    (
        # AUTOINCREMENT: a sequence is never given again, or a new row could hide behind a deleted
        # cursor.
        """
        CREATE TABLE chatkit_threads (
            sequence INTEGER PRIMARY KEY AUTOINCREMENT,
            tenant TEXT NOT NULL,
            id TEXT NOT NULL,
            sort_key INTEGER NOT NULL,
            payload TEXT NOT NULL,
            UNIQUE (tenant, id)
        )
        """,
        # An index ends with the primary key: these are in the order of pages, (sort_key, sequence).
        "CREATE INDEX chatkit_threads_order ON chatkit_threads (tenant, sort_key)",
        """
        CREATE TABLE chatkit_items (
            sequence INTEGER PRIMARY KEY AUTOINCREMENT,
            tenant TEXT NOT NULL,
            thread_id TEXT NOT NULL,
            id TEXT NOT NULL,
            sort_key INTEGER NOT NULL,
            fake INTEGER NOT NULL,
            payload TEXT NOT NULL,
            UNIQUE (tenant, thread_id, id)
        )
        """,
        "CREATE INDEX chatkit_items_order ON chatkit_items (tenant, thread_id, sort_key)",
        "CREATE INDEX chatkit_items_fake ON chatkit_items (tenant, thread_id, sort_key) WHERE fake",
        """
        CREATE TABLE chatkit_attachments (
            tenant TEXT NOT NULL,
            id TEXT NOT NULL,
            thread_id TEXT,
            saved_at INTEGER NOT NULL,
            payload TEXT NOT NULL,
            PRIMARY KEY (tenant, id)
        )
        """,
        "CREATE INDEX chatkit_attachments_thread ON chatkit_attachments (tenant, thread_id, saved_at)",
        """
        CREATE TABLE chatkit_deleted_threads (
            tenant TEXT NOT NULL,
            id TEXT NOT NULL,
            sort_key INTEGER NOT NULL,
            sequence INTEGER NOT NULL,
            deleted_at INTEGER NOT NULL,
            PRIMARY KEY (tenant, id)
        ) WITHOUT ROWID
        """,
        "CREATE INDEX chatkit_deleted_threads_age ON chatkit_deleted_threads (deleted_at)",
        """
        CREATE TABLE chatkit_deleted_items (
            tenant TEXT NOT NULL,
            thread_id TEXT NOT NULL,
            id TEXT NOT NULL,
            sort_key INTEGER NOT NULL,
            sequence INTEGER NOT NULL,
            deleted_at INTEGER NOT NULL,
            PRIMARY KEY (tenant, thread_id, id)
        ) WITHOUT ROWID
        """,
        "CREATE INDEX chatkit_deleted_items_age ON chatkit_deleted_items (deleted_at)",
    ),
)

_READ_THREAD: Final = "SELECT payload FROM chatkit_threads WHERE tenant = ? AND id = ?"
_WRITE_THREAD: Final = """
    INSERT INTO chatkit_threads (tenant, id, sort_key, payload)
    SELECT :tenant, :id, :sort_key, :payload
    WHERE NOT EXISTS (SELECT 1 FROM chatkit_deleted_threads WHERE tenant = :tenant AND id = :id)
    ON CONFLICT (tenant, id) DO UPDATE SET payload = excluded.payload
"""
_ERASE_THREAD: Final = (
    """
    INSERT INTO chatkit_deleted_threads (tenant, id, sort_key, sequence, deleted_at)
    SELECT tenant, id, sort_key, sequence, :deleted_at FROM chatkit_threads
    WHERE tenant = :tenant AND id = :thread
    """,
    "DELETE FROM chatkit_threads WHERE tenant = :tenant AND id = :thread",
    "DELETE FROM chatkit_items WHERE tenant = :tenant AND thread_id = :thread",
    "DELETE FROM chatkit_deleted_items WHERE tenant = :tenant AND thread_id = :thread",
)

_WRITE_ITEM: Final = """
    INSERT INTO chatkit_items (tenant, thread_id, id, sort_key, fake, payload)
    SELECT tenant, id, :id, :sort_key, :fake, :payload FROM chatkit_threads
    WHERE tenant = :tenant AND id = :thread
    ON CONFLICT (tenant, thread_id, id) DO UPDATE SET payload = excluded.payload
"""
_READ_ITEM: Final = "SELECT payload FROM chatkit_items WHERE tenant = ? AND thread_id = ? AND id = ?"
_READ_NEWEST_FAKE_ITEM: Final = """
    SELECT id, payload FROM chatkit_items WHERE tenant = ? AND thread_id = ? AND fake
    ORDER BY sort_key DESC, sequence DESC LIMIT 1
"""
_ERASE_ITEM: Final = (
    """
    INSERT OR REPLACE INTO chatkit_deleted_items (tenant, thread_id, id, sort_key, sequence, deleted_at)
    SELECT tenant, thread_id, id, sort_key, sequence, :deleted_at FROM chatkit_items
    WHERE tenant = :tenant AND thread_id = :thread AND id = :id
    """,
    "DELETE FROM chatkit_items WHERE tenant = :tenant AND thread_id = :thread AND id = :id",
)

_WRITE_ATTACHMENT: Final = """
    INSERT INTO chatkit_attachments (tenant, id, thread_id, saved_at, payload) VALUES (?, ?, ?, ?, ?)
    ON CONFLICT (tenant, id) DO UPDATE SET thread_id = excluded.thread_id, payload = excluded.payload
"""
_READ_ATTACHMENT: Final = "SELECT payload FROM chatkit_attachments WHERE tenant = ? AND id = ?"
_READ_ATTACHMENTS: Final = """
    SELECT id, payload FROM chatkit_attachments WHERE tenant = ? AND id > ? ORDER BY id LIMIT ?
"""
_READ_ORPHANED_ATTACHMENTS: Final = """
    SELECT id, payload, saved_at FROM chatkit_attachments
    WHERE tenant = :tenant AND thread_id IS NULL AND saved_at < :before
    UNION ALL
    SELECT id, payload, saved_at FROM chatkit_attachments AS attachment
    WHERE tenant = :tenant AND thread_id IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM chatkit_threads WHERE tenant = :tenant AND id = attachment.thread_id
    )
    ORDER BY saved_at LIMIT :limit
"""
_ERASE_ATTACHMENT: Final = "DELETE FROM chatkit_attachments WHERE tenant = ? AND id = ?"

_READ_IDLE_THREADS: Final = """
    SELECT tenant, id FROM chatkit_threads AS thread
    WHERE sort_key < :before AND NOT EXISTS (
        SELECT 1 FROM chatkit_items
        WHERE tenant = thread.tenant AND thread_id = thread.id AND sort_key >= :before
    )
    LIMIT :limit
"""
_ERASE_TOMBSTONES: Final = (
    "DELETE FROM chatkit_deleted_threads WHERE deleted_at < ?",
    "DELETE FROM chatkit_deleted_items WHERE deleted_at < ?",
)
_ERASE_TENANT: Final = (
    "DELETE FROM chatkit_threads WHERE tenant = ?",
    "DELETE FROM chatkit_items WHERE tenant = ?",
    "DELETE FROM chatkit_attachments WHERE tenant = ?",
    "DELETE FROM chatkit_deleted_threads WHERE tenant = ?",
    "DELETE FROM chatkit_deleted_items WHERE tenant = ?",
)


class _Order:
    """The statements that read one kind of row in the order of pages, among those of `owner`."""

    def __init__(self, rows: str, tombstones: str, owner: str) -> None:
        self.positions = [
            f"SELECT sort_key, sequence FROM {table} WHERE {owner} AND id = :after"
            for table in (rows, tombstones)
        ]
        self.first: dict[bool, str] = {}
        """The first page, by whether it is descending."""
        self.next: dict[bool, str] = {}
        for descending, direction, beyond in ((False, "ASC", ">"), (True, "DESC", "<")):
            order = f"ORDER BY sort_key {direction}, sequence {direction} LIMIT :limit"
            self.first[descending] = f"SELECT id, payload FROM {rows} WHERE {owner} {order}"
            # As two ranges of the index, which SQLite merges. Of (sort_key, sequence) > (?, ?) it would
            # search the first column only, and step through all rows that were made at the same time.
            self.next[descending] = f"""
                SELECT id, payload, sort_key, sequence FROM {rows}
                WHERE {owner} AND sort_key = :sort_key AND sequence {beyond} :sequence
                UNION ALL
                SELECT id, payload, sort_key, sequence FROM {rows}
                WHERE {owner} AND sort_key {beyond} :sort_key
                {order}
            """


_THREADS: Final = _Order("chatkit_threads", "chatkit_deleted_threads", "tenant = :tenant")
_ITEMS: Final = _Order(
    "chatkit_items", "chatkit_deleted_items", "tenant = :tenant AND thread_id = :thread"
)


class _Connection(aiosqlite.Connection):
    """A connection that runs whole functions in its thread, so that an operation is one hop to it."""

    def __init__(self, connector: Callable[[], sqlite3.Connection]) -> None:
        super().__init__(connector, iter_chunk_size=64)
        self._thread.daemon = True  # a store that nobody closed does not keep the process from ending
        self.waiting = 0
        """How many have called `run` and not had their answer."""

    async def open(self) -> None:
        try:
            await self
        except (Exception, asyncio.CancelledError):  # where Python still lets us await
            await self._thread_has_ended()
            raise

    async def close(self) -> None:
        await super().close()
        await self._thread_has_ended()

    async def _thread_has_ended(self) -> None:
        while self._thread.is_alive():  # aiosqlite stops it, and does not wait for it
            await asyncio.sleep(0.001)

    async def run(self, work: Callable[[sqlite3.Connection], T]) -> T:
        # aiosqlite has this door for itself only, and leaves it untyped.
        execute = cast("Callable[..., Awaitable[T]]", self._execute)  # pyright: ignore[reportUnknownMemberType]
        self.waiting += 1
        try:
            return await execute(work, self._conn)
        finally:
            self.waiting -= 1


@dataclass(slots=True, repr=False)
class _Write(Generic[T]):
    """Work that waits for the writer, and what came of it."""

    work: Callable[[sqlite3.Connection], T]
    done: tuple[T] | Exception | None = None


def _may_pass(error: Exception) -> bool:
    """Whether it is the moment's fault: locks, a full or failing disk."""
    return any(
        sign in str(error) for sign in ("is locked", "is busy", "disk is full", "disk I/O error")
    )


class SQLiteStore(BaseStore[TContext]):
    """A store in an SQLite database. What is not said here is said at `BaseStore`.

    Args:
        path: a file; `":memory:"`; or a `file:` URI, as `file:name?mode=memory&cache=shared` for a
            database that several stores of one process share.
        synchronous: "FULL" keeps every acknowledged write through a power cut. With "NORMAL" a
            power cut may take the writes of the last moments, acknowledged or not; the file stays
            sound. A process that crashes or is killed loses nothing with either.
        timeout: seconds to wait for another process that writes, until `StoreUnavailable`.
        readers: connections that read, of a database in a file.
    """

    engine: ClassVar[str] = "sqlite"
    driver_errors: ClassVar[tuple[type[Exception], ...]] = (sqlite3.Error,)

    def __init__(
        self,
        path: str | os.PathLike[str],
        *,
        tenant: Callable[[TContext], str],
        codec: Codec | None = None,
        max_page_size: int = 1000,
        time_zone: tzinfo | None = None,
        synchronous: Literal["FULL", "NORMAL"] = "FULL",
        timeout: float = 5.0,
        readers: int = 4,
    ) -> None:
        super().__init__(tenant=tenant, codec=codec, max_page_size=max_page_size, time_zone=time_zone)
        if synchronous not in ("FULL", "NORMAL"):
            raise ValueError(f'synchronous must be "FULL" or "NORMAL", not {synchronous!r}')
        if readers < 1:
            raise ValueError(f"readers must be at least 1, not {readers}")
        self._path = os.fspath(path)
        self._synchronous = synchronous
        self._timeout = timeout
        self._reader_count = readers
        self._connections: list[_Connection] = []
        self._writer: _Connection
        self._readers: list[_Connection]
        self._queue: deque[_Write[Any]] = deque()

    # --- Life cycle ---

    async def _open(self) -> None:
        self._writer = await self._connect()
        self._readers = [self._writer]
        _, _, file = await self._fetch_one("PRAGMA database_list", ())
        # A database in memory belongs to its connection; a shared cache locks whole tables.
        if file and "cache=shared" not in self._path:
            self._readers = [await self._connect(query_only=True) for _ in range(self._reader_count)]

    async def _connect(self, *, query_only: bool = False) -> _Connection:
        connection = _Connection(partial(self._new_connection, query_only))
        self._connections.append(connection)
        await connection.open()
        return connection

    def _new_connection(self, query_only: bool) -> sqlite3.Connection:
        connection = sqlite3.connect(
            self._path,
            timeout=self._timeout,
            isolation_level=None,  # transactions begin where the statements say so
            uri=self._path.startswith("file:"),
        )
        pragmas = [f"PRAGMA synchronous = {self._synchronous}", f"PRAGMA query_only = {query_only:d}"]
        if not query_only:
            pragmas.insert(0, "PRAGMA journal_mode = WAL")
        for pragma in pragmas:
            self._while_locked(connection, lambda connection, pragma=pragma: connection.execute(pragma))
        return connection

    async def _shut(self) -> None:
        while self._connections:
            await self._connections.pop().close()

    async def _migrate(self) -> None:
        await self._writer.run(self._migrate_schema)

    def _migrate_schema(self, connection: sqlite3.Connection) -> None:
        if self._while_locked(connection, self._version) < len(MIGRATIONS):
            self._transact(connection, self._apply_migrations)

    def _apply_migrations(self, connection: sqlite3.Connection) -> None:
        connection.execute("CREATE TABLE IF NOT EXISTS chatkit_schema (version INTEGER NOT NULL)")
        version = self._version(connection)  # again: another process may have been faster
        for statement in chain.from_iterable(MIGRATIONS[version:]):
            connection.execute(statement)
        connection.execute("DELETE FROM chatkit_schema")
        connection.execute("INSERT INTO chatkit_schema (version) VALUES (?)", (len(MIGRATIONS),))

    def _version(self, connection: sqlite3.Connection) -> int:
        known = connection.execute(
            "SELECT 1 FROM sqlite_master WHERE name = 'chatkit_schema'"
        ).fetchone()
        row = known and connection.execute("SELECT version FROM chatkit_schema").fetchone()
        version = row[0] if row else 0
        if version > len(MIGRATIONS):
            raise SchemaTooNewError(
                f"{self._path} has the schema {version}, and this release knows those up to "
                f"{len(MIGRATIONS)}: update chatkit-store-creator, or the copied sqlite.py."
            )
        return version

    def as_store_error(self, error: Exception, operation: str) -> StoreError:
        reason = f"SQLite failed in {operation}: {error}"
        if isinstance(error, sqlite3.OperationalError) and _may_pass(error):
            return StoreUnavailable(reason)
        return StoreError(f"{reason} ({self._path})")

    # --- Reading and writing ---

    async def _read(self, work: Callable[[sqlite3.Connection], T]) -> T:
        reader = min(self._readers, key=attrgetter("waiting"))
        return await reader.run(partial(self._while_locked, work=work))

    async def _fetch_one(self, statement: str, parameters: _Parameters) -> Any:
        return await self._read(lambda connection: connection.execute(statement, parameters).fetchone())

    async def _fetch_all(self, statement: str, parameters: _Parameters) -> list[Any]:
        return await self._read(lambda connection: connection.execute(statement, parameters).fetchall())

    async def _execute(self, parameters: _Parameters, *statements: str) -> int:
        """How many rows the statements, in one transaction, have changed."""

        def execute(connection: sqlite3.Connection) -> int:
            changed = 0
            for statement in statements:
                changed += connection.execute(statement, parameters).rowcount
            return changed

        return await self._write(execute)

    async def _write(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """The result of `work`, once it is committed.

        Whoever comes first to the writer's thread commits all that is queued by then, in one
        transaction with one wait for the disk; the others find their work done.
        """
        write = _Write(work)
        self._queue.append(write)
        return await self._writer.run(partial(self._commit_queued, write=write))

    def _commit_queued(self, connection: sqlite3.Connection, write: _Write[T]) -> T:
        if write.done is None:
            self._commit(connection, [self._queue.popleft() for _ in range(len(self._queue))])
        if isinstance(write.done, Exception):
            raise write.done
        (result,) = cast("tuple[T]", write.done)
        return result

    def _commit(self, connection: sqlite3.Connection, writes: list[_Write[Any]]) -> None:
        try:
            results = self._transact(
                connection, lambda connection: [w.work(connection) for w in writes]
            )
        except Exception as error:  # noqa: BLE001 - raised where the write is awaited
            if len(writes) > 1 and not _may_pass(error):
                for write in writes:  # so that none fails because of another
                    self._commit(connection, [write])
                return
            for write in writes:
                write.done = error
        else:
            for write, result in zip(writes, results, strict=True):
                write.done = (result,)

    def _transact(self, connection: sqlite3.Connection, work: Callable[[sqlite3.Connection], T]) -> T:
        def attempt(connection: sqlite3.Connection) -> T:
            # For writing from the start: a transaction that reads first fails when it comes to write
            # if another process wrote in between, whatever the timeout.
            connection.execute("BEGIN IMMEDIATE")
            try:
                result = work(connection)
                connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise
            return result

        return self._while_locked(connection, attempt)

    def _while_locked(
        self, connection: sqlite3.Connection, work: Callable[[sqlite3.Connection], T]
    ) -> T:
        """Try until the timeout; SQLite's own waiting spares shared caches and the change to WAL."""
        deadline = time.monotonic() + self._timeout
        while True:
            try:
                return work(connection)
            except sqlite3.OperationalError as error:
                if "is locked" not in str(error) or time.monotonic() >= deadline:
                    raise
            time.sleep(0.001)

    # --- Threads ---

    async def _read_thread(self, tenant: str, thread: str) -> str | None:
        row = await self._fetch_one(_READ_THREAD, (tenant, thread))
        return row and row[0]

    async def _write_thread(self, tenant: str, thread: str, sort_key: int, payload: str) -> None:
        parameters = {"tenant": tenant, "id": thread, "sort_key": sort_key, "payload": payload}
        await self._execute(parameters, _WRITE_THREAD)

    async def _read_threads(
        self, tenant: str, after: str | None, limit: int, *, descending: bool = False
    ) -> Rows | None:
        parameters = {"tenant": tenant, "after": after, "limit": limit}
        return await self._read(lambda connection: _page(connection, _THREADS, parameters, descending))

    async def _erase_thread(self, tenant: str, thread: str, deleted_at: int) -> None:
        parameters = {"tenant": tenant, "thread": thread, "deleted_at": deleted_at}
        await self._execute(parameters, *_ERASE_THREAD)

    # --- Items ---

    async def _write_item(
        self, tenant: str, thread: str, item: str, sort_key: int, payload: str, *, fake: bool
    ) -> bool:
        parameters = {
            "tenant": tenant,
            "thread": thread,
            "id": item,
            "sort_key": sort_key,
            "fake": fake,
            "payload": payload,
        }
        return await self._execute(parameters, _WRITE_ITEM) > 0

    async def _read_item(self, tenant: str, thread: str, item: str) -> str | None:
        row = await self._fetch_one(_READ_ITEM, (tenant, thread, item))
        return row and row[0]

    async def _read_items(
        self, tenant: str, thread: str, after: str | None, limit: int, *, descending: bool = False
    ) -> Rows | None:
        parameters = {"tenant": tenant, "thread": thread, "after": after, "limit": limit}

        def page(connection: sqlite3.Connection) -> Rows | None:
            rows = _page(connection, _ITEMS, parameters, descending)
            if rows is None and connection.execute(_READ_THREAD, (tenant, thread)).fetchone() is None:
                return ()
            return rows

        return await self._read(page)

    async def _read_newest_fake_item(self, tenant: str, thread: str) -> tuple[str, str] | None:
        return await self._fetch_one(_READ_NEWEST_FAKE_ITEM, (tenant, thread))

    async def _erase_item(self, tenant: str, thread: str, item: str, deleted_at: int) -> None:
        parameters = {"tenant": tenant, "thread": thread, "id": item, "deleted_at": deleted_at}
        await self._execute(parameters, *_ERASE_ITEM)

    # --- Attachments ---

    async def _write_attachment(
        self, tenant: str, attachment: str, thread: str | None, saved_at: int, payload: str
    ) -> None:
        await self._execute((tenant, attachment, thread, saved_at, payload), _WRITE_ATTACHMENT)

    async def _read_attachment(self, tenant: str, attachment: str) -> str | None:
        row = await self._fetch_one(_READ_ATTACHMENT, (tenant, attachment))
        return row and row[0]

    async def _read_attachments(self, tenant: str, after: str | None, limit: int) -> Rows:
        return await self._fetch_all(_READ_ATTACHMENTS, (tenant, after or "", limit))

    async def _read_orphaned_attachments(self, tenant: str, before: int, limit: int) -> Rows:
        parameters = {"tenant": tenant, "before": before, "limit": limit}
        rows = await self._fetch_all(_READ_ORPHANED_ATTACHMENTS, parameters)
        return [(attachment, payload) for attachment, payload, _ in rows]

    async def _erase_attachment(self, tenant: str, attachment: str) -> None:
        await self._execute((tenant, attachment), _ERASE_ATTACHMENT)

    # --- Retention ---

    async def _read_idle_threads(self, before: int, limit: int) -> Sequence[tuple[str, str]]:
        return await self._fetch_all(_READ_IDLE_THREADS, {"before": before, "limit": limit})

    async def _erase_tombstones(self, before: int) -> int:
        return await self._execute((before,), *_ERASE_TOMBSTONES)

    async def _erase_tenant(self, tenant: str) -> None:
        await self._execute((tenant,), *_ERASE_TENANT)


def _page(
    connection: sqlite3.Connection, order: _Order, parameters: dict[str, Any], descending: bool
) -> Rows | None:
    """Rows behind the cursor `after`, from the beginning if it is None; None if it was never there."""
    if parameters["after"] is None:
        return connection.execute(order.first[descending], parameters).fetchall()
    for statement in order.positions:
        position = connection.execute(statement, parameters).fetchone()
        if position is not None:
            break
    else:
        return None
    beyond = {**parameters, "sort_key": position[0], "sequence": position[1]}
    rows = connection.execute(order.next[descending], beyond).fetchall()
    return [(row, payload) for row, payload, _, _ in rows]
