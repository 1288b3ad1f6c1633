"""Threads in MySQL 8 or MariaDB (10.11 and newer), for an application on many machines.

The statements of a transaction go to the server in one packet, from BEGIN to COMMIT, but in a Galera
cluster. So a write costs one round trip, and no client that hangs or dies keeps a lock. Whatever fails
for the moment (a deadlock, a lost connection, a conflict of cluster nodes) is tried again.
"""

from __future__ import annotations

import asyncio
import ssl as tls
import time
from collections.abc import Sequence
from contextlib import suppress
from itertools import chain
from typing import TYPE_CHECKING, Any, ClassVar, Final, Protocol, TypeVar, cast
from urllib.parse import parse_qsl, unquote, urlsplit
from weakref import WeakKeyDictionary

import anyio

from reference_stores.shared import (
    BaseStore,
    Calls,
    MissingDriverError,
    PayloadError,
    SchemaTooNewError,
    Slots,
    StoreClosedError,
    StoreError,
    StoreUnavailable,
    TContext,
    now,
)

try:
    import aiomysql  # pyright: ignore[reportMissingTypeStubs]
except ImportError as error:
    raise MissingDriverError("aiomysql", extra="mysql") from error
try:
    from tenacity import (
        AsyncRetrying,
        RetryCallState,
        retry_if_exception,
        wait_random_exponential,
    )
except ImportError as error:
    raise MissingDriverError("tenacity", extra="mysql") from error

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping
    from contextlib import AbstractContextManager
    from datetime import tzinfo

    from reference_stores.shared import Codec, Rows

T = TypeVar("T")
_Result = tuple[int, Sequence[Any]]
"""How many rows a statement has changed, and the rows that it gave."""

# Append to it, and never change what was released: a database remembers how many of these it has seen.
# MySQL commits after each statement here, so a crash may leave half of a migration behind. It is run
# again, and a statement that says that its work is done (`_DONE`) was done before. `{at}`: the schema.
#
# Keys are compared as bytes, without a collation: at most 200 characters, 800 bytes. Of these three fit
# into an index, which takes 3,072 bytes.
MIGRATIONS: Final[tuple[tuple[str, ...], ...]] = (
    (
        """
        CREATE TABLE IF NOT EXISTS {at}chatkit_tenants (
            tenant VARBINARY(800) NOT NULL,
            last_sequence BIGINT NOT NULL,
            PRIMARY KEY (tenant)
        ) ENGINE=InnoDB
        """,
        # A deleted thread leaves its row, with a time of deletion and without a payload: saving to it
        # and deleting it meet at one row, and one waits for the other. Pages do not see it, for the
        # index that they read has the living first, all with deleted_at 0.
        """
        CREATE TABLE IF NOT EXISTS {at}chatkit_threads (
            tenant VARBINARY(800) NOT NULL,
            id VARBINARY(800) NOT NULL,
            sort_key BIGINT NOT NULL,
            sequence BIGINT NOT NULL,
            last_sequence BIGINT NOT NULL,
            deleted_at BIGINT NOT NULL,
            payload LONGTEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
            PRIMARY KEY (tenant, id),
            KEY chatkit_threads_order (deleted_at, tenant, sort_key, sequence)
        ) ENGINE=InnoDB
        """,
        """
        CREATE TABLE IF NOT EXISTS {at}chatkit_items (
            tenant VARBINARY(800) NOT NULL,
            thread_id VARBINARY(800) NOT NULL,
            id VARBINARY(800) NOT NULL,
            sort_key BIGINT NOT NULL,
            sequence BIGINT NOT NULL,
            fake BOOLEAN NOT NULL,
            payload LONGTEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
            PRIMARY KEY (tenant, thread_id, id),
            KEY chatkit_items_order (tenant, thread_id, sort_key, sequence, fake)
        ) ENGINE=InnoDB
        """,
        """
        CREATE TABLE IF NOT EXISTS {at}chatkit_deleted_items (
            tenant VARBINARY(800) NOT NULL,
            thread_id VARBINARY(800) NOT NULL,
            id VARBINARY(800) NOT NULL,
            sort_key BIGINT NOT NULL,
            sequence BIGINT NOT NULL,
            deleted_at BIGINT NOT NULL,
            PRIMARY KEY (tenant, thread_id, id),
            KEY chatkit_deleted_items_age (deleted_at)
        ) ENGINE=InnoDB
        """,
        """
        CREATE TABLE IF NOT EXISTS {at}chatkit_attachments (
            tenant VARBINARY(800) NOT NULL,
            id VARBINARY(800) NOT NULL,
            thread_id VARBINARY(800) NULL,
            saved_at BIGINT NOT NULL,
            payload LONGTEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
            PRIMARY KEY (tenant, id),
            KEY chatkit_attachments_thread (tenant, thread_id, saved_at)
        ) ENGINE=InnoDB
        """,
    ),
)
_VERSIONS: Final = """
    CREATE TABLE IF NOT EXISTS {at}chatkit_schema (
        id TINYINT NOT NULL,
        version INT NOT NULL,
        PRIMARY KEY (id)
    ) ENGINE=InnoDB
"""
_LOCK: Final = "SHA1(CONCAT('chatkit ', COALESCE(%(schema)s, DATABASE())))"
_LOCK_SCHEMA: Final = f"SELECT GET_LOCK({_LOCK}, %(seconds)s)"
_UNLOCK_SCHEMA: Final = f"DO RELEASE_LOCK({_LOCK})"
_READ_VERSION: Final = "SELECT version FROM {at}chatkit_schema WHERE id = 1"
_WRITE_VERSION: Final = """
    INSERT INTO {at}chatkit_schema (id, version) VALUES (1, %(version)s)
    ON DUPLICATE KEY UPDATE version = GREATEST(version, VALUES(version))
"""

_READ_THREAD: Final = """
    SELECT payload FROM {at}chatkit_threads
    WHERE tenant = %(tenant)s AND id = %(thread)s AND deleted_at = 0
"""
# Whether there is a row, living or not; and if it lives, its payload replaced. In this order, for a row
# that comes between the two statements is overwritten by `_INSERT_THREAD`.
_UPDATE_THREAD: Final = (
    "SELECT 1 FROM {at}chatkit_threads WHERE tenant = %(tenant)s AND id = %(thread)s",
    """
    UPDATE {at}chatkit_threads SET payload = %(payload)s
    WHERE tenant = %(tenant)s AND id = %(thread)s AND deleted_at = 0
    """,
)
_INSERT_THREAD: Final = (
    "BEGIN",
    """
    INSERT INTO {at}chatkit_tenants (tenant, last_sequence) VALUES (%(tenant)s, 1)
    ON DUPLICATE KEY UPDATE last_sequence = last_sequence + 1
    """,
    """
    INSERT INTO {at}chatkit_threads (
        tenant, id, sort_key, sequence, last_sequence, deleted_at, payload
    )
    SELECT tenant, %(thread)s, %(sort_key)s, last_sequence, 0, 0, %(payload)s
    FROM {at}chatkit_tenants WHERE tenant = %(tenant)s
    ON DUPLICATE KEY UPDATE payload = IF(deleted_at = 0, VALUES(payload), payload)
    """,
    "COMMIT",
)
_ERASE_THREAD: Final = (
    "BEGIN",
    """
    UPDATE {at}chatkit_threads SET deleted_at = %(deleted_at)s, payload = ''
    WHERE tenant = %(tenant)s AND id = %(thread)s AND deleted_at = 0
    """,
    "DELETE FROM {at}chatkit_items WHERE tenant = %(tenant)s AND thread_id = %(thread)s",
    "DELETE FROM {at}chatkit_deleted_items WHERE tenant = %(tenant)s AND thread_id = %(thread)s",
    "COMMIT",
)

# The thread's row is locked first: it gives the sequence, and while it is deleted no item is added.
_WRITE_ITEM: Final = (
    "BEGIN",
    """
    UPDATE {at}chatkit_threads SET last_sequence = last_sequence + 1
    WHERE tenant = %(tenant)s AND id = %(thread)s AND deleted_at = 0
    """,
    """
    INSERT INTO {at}chatkit_items (tenant, thread_id, id, sort_key, sequence, fake, payload)
    SELECT tenant, id, %(id)s, %(sort_key)s, last_sequence, %(fake)s, %(payload)s
    FROM {at}chatkit_threads
    WHERE tenant = %(tenant)s AND id = %(thread)s AND deleted_at = 0
    ON DUPLICATE KEY UPDATE payload = VALUES(payload)
    """,
    "COMMIT",
)
_READ_ITEM: Final = """
    SELECT payload FROM {at}chatkit_items
    WHERE tenant = %(tenant)s AND thread_id = %(thread)s AND id = %(id)s
"""
# The inner SELECT reads nothing but the index.
_READ_NEWEST_FAKE_ITEM: Final = """
    SELECT id, payload FROM {at}chatkit_items
    WHERE tenant = %(tenant)s AND thread_id = %(thread)s AND id = (
        SELECT id FROM {at}chatkit_items
        WHERE tenant = %(tenant)s AND thread_id = %(thread)s AND fake = 1
        ORDER BY sort_key DESC, sequence DESC LIMIT 1
    )
"""
_ERASE_ITEM: Final = (
    "BEGIN",
    """
    SELECT 1 FROM {at}chatkit_items
    WHERE tenant = %(tenant)s AND thread_id = %(thread)s AND id = %(id)s FOR UPDATE
    """,
    """
    INSERT INTO {at}chatkit_deleted_items (tenant, thread_id, id, sort_key, sequence, deleted_at)
    SELECT tenant, thread_id, id, sort_key, sequence, %(deleted_at)s FROM {at}chatkit_items
    WHERE tenant = %(tenant)s AND thread_id = %(thread)s AND id = %(id)s
    ON DUPLICATE KEY UPDATE
        sort_key = VALUES(sort_key), sequence = VALUES(sequence), deleted_at = VALUES(deleted_at)
    """,
    """
    DELETE FROM {at}chatkit_items
    WHERE tenant = %(tenant)s AND thread_id = %(thread)s AND id = %(id)s
    """,
    "COMMIT",
)

_WRITE_ATTACHMENT: Final = """
    INSERT INTO {at}chatkit_attachments (tenant, id, thread_id, saved_at, payload)
    VALUES (%(tenant)s, %(id)s, %(thread)s, %(saved_at)s, %(payload)s)
    ON DUPLICATE KEY UPDATE thread_id = VALUES(thread_id), payload = VALUES(payload)
"""
_READ_ATTACHMENT: Final = """
    SELECT payload FROM {at}chatkit_attachments WHERE tenant = %(tenant)s AND id = %(id)s
"""
_READ_ATTACHMENTS: Final = """
    SELECT id, payload FROM {at}chatkit_attachments
    WHERE tenant = %(tenant)s AND id > %(after)s ORDER BY id LIMIT %(limit)s
"""
_READ_ORPHANED_ATTACHMENTS: Final = """
    SELECT id, payload, saved_at FROM {at}chatkit_attachments
    WHERE tenant = %(tenant)s AND thread_id IS NULL AND saved_at < %(before)s
    UNION ALL
    SELECT id, payload, saved_at FROM {at}chatkit_attachments AS attachment
    WHERE tenant = %(tenant)s AND thread_id IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM {at}chatkit_threads
        WHERE tenant = %(tenant)s AND id = attachment.thread_id AND deleted_at = 0
    )
    ORDER BY saved_at LIMIT %(limit)s
"""
_ERASE_ATTACHMENT: Final = """
    DELETE FROM {at}chatkit_attachments WHERE tenant = %(tenant)s AND id = %(id)s
"""

_READ_IDLE_THREADS: Final = """
    SELECT tenant, id FROM {at}chatkit_threads AS thread
    WHERE deleted_at = 0 AND sort_key < %(before)s AND NOT EXISTS (
        SELECT 1 FROM {at}chatkit_items
        WHERE tenant = thread.tenant AND thread_id = thread.id AND sort_key >= %(before)s
    )
    LIMIT %(limit)s
"""
# These are run until they find no more: one transaction over everything would hold its locks for long,
# and a Galera cluster takes none above a certain size.
_ERASE_TOMBSTONES: Final = (
    """
    DELETE FROM {at}chatkit_threads
    WHERE deleted_at > 0 AND deleted_at < %(before)s LIMIT %(limit)s
    """,
    "DELETE FROM {at}chatkit_deleted_items WHERE deleted_at < %(before)s LIMIT %(limit)s",
)
_READ_THREADS_OF_TENANT: Final = """
    SELECT id FROM {at}chatkit_threads WHERE tenant = %(tenant)s AND deleted_at = 0 LIMIT %(limit)s
"""
_ERASE_TENANT: Final = (
    "DELETE FROM {at}chatkit_threads WHERE tenant = %(tenant)s AND deleted_at > 0 LIMIT %(limit)s",
    "DELETE FROM {at}chatkit_attachments WHERE tenant = %(tenant)s LIMIT %(limit)s",
    """
    DELETE FROM {at}chatkit_tenants
    WHERE tenant = %(tenant)s
    AND NOT EXISTS (SELECT 1 FROM {at}chatkit_threads WHERE tenant = %(tenant)s)
    LIMIT %(limit)s
    """,
)
_AT_ONCE: Final = 1000
"""The limit of those."""


class _Order:
    """The statements that read one kind of row in the order of pages.

    Args:
        rows: their table.
        index: the one in the order of pages.
        owned: which `entry` of it may be on a page.
        known: which row, `seen`, the cursor is.
        cursors: the tables in which that is looked up, one after the other.
    """

    def __init__(self, rows: str, index: str, owned: str, known: str, cursors: Sequence[str]) -> None:
        self.first: dict[bool, str] = {}
        """The first page, by whether it is descending."""
        self.next: dict[bool, list[tuple[str, str]]] = {}
        """A page behind a cursor, and whether the cursor is there, for each of its tables."""
        for descending, direction, beyond in ((False, "ASC", ">"), (True, "DESC", "<")):
            order = f"ORDER BY entry.sort_key {direction}, entry.sequence {direction} LIMIT %(limit)s"
            # Of a tenant whose threads are most of the table, MariaDB would read and sort them all.
            columns = f"SELECT entry.id, entry.payload FROM {rows} AS entry FORCE INDEX ({index})"
            self.first[descending] = f"{columns} WHERE {owned} {order}"
            # The cursor's row, found by its whole primary key, is a constant to MySQL; so these are two
            # ranges of the index. Of (sort_key, sequence) > (x, y) it makes none, and reads from the
            # beginning.
            self.next[descending] = [
                (
                    f"""
                    {columns} JOIN {table} AS seen ON {known} WHERE {owned} AND (
                        entry.sort_key {beyond} seen.sort_key
                        OR (entry.sort_key = seen.sort_key AND entry.sequence {beyond} seen.sequence)
                    ) {order}
                    """,
                    f"SELECT 1 FROM {table} AS seen WHERE {known}",
                )
                for table in cursors
            ]


_THREADS: Final = _Order(
    "{at}chatkit_threads",
    "chatkit_threads_order",
    "entry.deleted_at = 0 AND entry.tenant = %(tenant)s",
    "seen.tenant = %(tenant)s AND seen.id = %(after)s",
    ["{at}chatkit_threads"],
)
_ITEMS: Final = _Order(
    "{at}chatkit_items",
    "chatkit_items_order",
    "entry.tenant = %(tenant)s AND entry.thread_id = %(thread)s",
    "seen.tenant = %(tenant)s AND seen.thread_id = %(thread)s AND seen.id = %(after)s",
    ["{at}chatkit_items", "{at}chatkit_deleted_items"],
)

# --- Errors ---

_LOCK_WAIT_TIMEOUT: Final = 1205
_CONFLICTS: Final = frozenset({_LOCK_WAIT_TIMEOUT, 1213})
"""Waited too long for a lock; deadlock, or a write of another node of the cluster that came first."""
_PASSING: Final = _CONFLICTS | frozenset(
    {
        1020,  # the row has changed since it was read (MariaDB's snapshot isolation)
        1040,  # too many connections
        1047,  # this Galera node is not ready
        1053,  # the server is shutting down
        1152, 1158, 1159, 1160, 1161,  # the connection failed while reading or writing
        1203,  # too many connections of this user
        1290, 1836,  # read only: this was the primary, and will be none
        1317,  # interrupted
        1927,  # the connection was killed
        2002, 2003, 2006, 2013, 2014, 2055,  # no server there; the connection is lost
        3100, 3101,  # group replication refused the commit
        4031,  # the server has closed the connection for being idle
        8002, 8022, 8028, 9001, 9002, 9003, 9004, 9005, 9007,  # TiDB: write conflict, store busy
    }
)  # fmt: skip
_MOST_REPEATS: Final = 20
_TOO_LARGE: Final = frozenset({1118, 1153})
"""More than a tenth of the redo log; more than `max_allowed_packet`."""
_NOTHING_THERE: Final = frozenset({1049, 1146})
"""No such database; no such table."""
_DONE: Final = frozenset({1007, 1050, 1060, 1061, 1091})
"""The database, table, column or key is there already, or the one to drop is not."""


def _code(error: BaseException) -> int | None:
    """MySQL's number for the error; None if the driver gave it none, as for a broken connection."""
    code = error.args[0] if error.args else None
    return code if isinstance(code, int) else None


def _may_pass(error: BaseException) -> bool:
    """Whether it is the moment's fault, so that the same call may succeed a moment later."""
    if isinstance(error.__cause__, tls.SSLError):
        return False
    if isinstance(error, aiomysql.MySQLError):
        code = _code(error)
        return code is None or code in _PASSING
    return isinstance(error, OSError)  # also TimeoutError


# --- Connections ---

_CLOSED: Final = "The store was closed meanwhile; make a new one."


_new_connection = cast("Any", aiomysql).connect


class _Cursor(aiomysql.Cursor):
    """Does not ask for the server's warnings, which takes a round trip, and would warn the caller."""

    async def _show_warnings(self, conn: Any) -> None:
        del conn


class _Link:
    """A connection: sends statements, and can be ended at once."""

    def __init__(self, connection: Any) -> None:
        self.connection = connection
        # The driver's own close() waits for a peer that does not read, and forgets the transport.
        self.transport: asyncio.Transport = connection._writer.transport  # noqa: SLF001
        self.idle_since = 0.0
        self.longest_packet = 0
        self.is_in_cluster = False

    async def prepare(self, *settings: str) -> None:
        """Apply the settings and learn those of the server.

        Raises:
            StoreError: texts would not be quoted, or not stored, as they should.
        """
        self.longest_packet = 2**20  # until the server says
        *_, (_, [server]), (_, cluster) = await self.send((*settings, *_READ_SETTINGS), {})
        self.longest_packet, mode, charset = server
        self.is_in_cluster = any(value == "ON" for _, value in cluster)
        is_text = charset == "utf8mb4" and self.connection.use_unicode
        if not is_text or _UNFIT_MODES.intersection(mode.split(",")):
            raise StoreError(
                f"The pool's connections have charset={charset!r} and sql_mode={mode!r}. Make it with "
                "charset='utf8mb4', and without use_unicode=False and, in sql_mode, "
                f"{' and '.join(sorted(_UNFIT_MODES))}."
            )

    async def send(self, statements: Sequence[str], values: Mapping[str, Any]) -> list[_Result]:
        """What each of the statements gave. They are one packet, or in a cluster one each.

        Raises:
            PayloadError: one is longer than the server takes. Nothing was sent.
        """
        escape = self.connection.escape
        escaped = {name: escape(value) for name, value in values.items()}
        # MariaDB 10.11 with Galera, if it takes a transaction back for one of another node between two
        # statements of a packet, may run what is left of the packet and report success (tried).
        packets = statements if self.is_in_cluster else ("; ".join(statements),)
        encoded = [(packet % escaped).encode() for packet in packets]
        longest = max(map(len, encoded))
        if longest + 1 >= self.longest_packet:
            raise PayloadError(
                f"Not written: it takes {longest:,} bytes to send, and the server's "
                f"max_allowed_packet is {self.longest_packet:,}. Raise that, or store less."
            )
        cursor = await self.connection.cursor(_Cursor)
        results: list[_Result] = []
        for packet in encoded:
            await cursor.execute(packet)
            results.append((cursor.rowcount, await cursor.fetchall()))
            while await cursor.nextset():
                results.append((cursor.rowcount, await cursor.fetchall()))
        return results

    @property
    def is_alive(self) -> bool:
        """False if the peer has hung up."""
        return not (self.transport.is_closing() or self.connection._reader.eof_received)  # noqa: SLF001

    def abort(self) -> None:
        """End it, whatever waits for it."""
        self.transport.abort()
        self.connection.close()


class _LinkInTransaction(_Link):
    """A connection without autocommit, as an application's pool has them if nothing was said."""

    async def send(self, statements: Sequence[str], values: Mapping[str, Any]) -> list[_Result]:
        return (await super().send(("COMMIT", *statements, "COMMIT"), values))[1:-1]


_READ_SETTINGS: Final = (
    "SELECT @@max_allowed_packet, @@SESSION.sql_mode, @@character_set_client",
    "SHOW VARIABLES LIKE 'wsrep_on'",  # ON in a Galera cluster; MySQL has no such variable to select
)
_UNFIT_MODES: Final = frozenset({"NO_BACKSLASH_ESCAPES", "EMPTY_STRING_IS_NULL"})


def _until(expires: float) -> AbstractContextManager[Any]:
    """Raises TimeoutError at a moment of `time.monotonic`."""
    return anyio.fail_after(max(0, expires - time.monotonic()))


class _Links(Protocol):
    """Where an operation gets a connection, for itself until it is released."""

    async def acquire(self, expires: float) -> _Link: ...

    def release(self, link: _Link, *, sound: bool) -> None: ...

    async def close(self) -> None: ...


class _OwnLinks:
    """A pool of connections.

    The driver's own pool makes one connection at a time, while all who want one wait, and tells nobody
    who waits when a connection has died.
    """

    def __init__(self, connect: Callable[[], Awaitable[_Link]], size: int, max_idle: float) -> None:
        self._connect = connect
        self._max_idle = max_idle
        self._free: list[_Link] = []
        self._used: set[_Link] = set()
        self._slots = Slots(size)
        self._is_closed = False

    async def acquire(self, expires: float) -> _Link:
        await self._slots.take(expires - time.monotonic())
        try:
            link = self._unused() or await self._new(expires)
        except BaseException:
            self._slots.give()
            raise
        self._used.add(link)
        return link

    def _unused(self) -> _Link | None:
        oldest = time.monotonic() - self._max_idle
        while self._free:
            link = self._free.pop()
            if link.is_alive and link.idle_since > oldest:
                return link
            link.abort()
        return None

    async def _new(self, expires: float) -> _Link:
        if not self._is_closed:
            with _until(expires):
                link = await self._connect()
            if not self._is_closed:
                return link
            link.abort()
        raise StoreClosedError(_CLOSED)

    def release(self, link: _Link, *, sound: bool) -> None:
        self._used.discard(link)
        if sound and not self._is_closed:
            link.idle_since = time.monotonic()
            self._free.append(link)
        else:
            link.abort()
        self._slots.give()

    async def close(self) -> None:
        self._is_closed = True
        for link in self._used:
            link.transport.abort()
        while self._free:
            link = self._free.pop()
            if link.is_alive:
                with suppress(OSError):
                    await link.connection.ensure_closed()
            link.abort()


class _BorrowedLinks:
    """The connections of an application's pool."""

    def __init__(self, pool: Any) -> None:
        self._pool = pool
        self._known: WeakKeyDictionary[Any, tuple[int, bool]] = WeakKeyDictionary()

    async def acquire(self, expires: float) -> _Link:
        # In a task of its own, for while another task of the application connects, the pool holds back
        # whoever wants a connection, cancelled or not.
        acquiring = asyncio.ensure_future(self._pool.acquire())
        try:
            with _until(expires):
                connection = await asyncio.shield(acquiring)
        except BaseException as error:
            acquiring.cancel()
            acquiring.add_done_callback(self._put_back)
            if isinstance(error, RuntimeError):
                raise StoreError(f"The pool that the store was given is of no use: {error}") from error
            raise
        link = (_Link if connection.get_autocommit() else _LinkInTransaction)(connection)
        try:
            if connection not in self._known:
                with _until(expires):
                    await link.prepare()
                self._known[connection] = (link.longest_packet, link.is_in_cluster)
            link.longest_packet, link.is_in_cluster = self._known[connection]
        except BaseException:
            self.release(link, sound=False)
            raise
        return link

    def _put_back(self, acquiring: asyncio.Future[Any]) -> None:
        if not acquiring.cancelled() and acquiring.exception() is None:
            self._pool.release(acquiring.result())

    def release(self, link: _Link, *, sound: bool) -> None:
        if not sound:
            link.abort()
        self._pool.release(link.connection)
        if not sound:  # the pool itself wakes those who wait for sound ones only
            self._waking = asyncio.ensure_future(self._pool._wakeup())  # noqa: SLF001

    async def close(self) -> None:
        pass


# --- Store ---


class MySQLStore(BaseStore[TContext]):
    """A store in a MySQL or MariaDB database. What is not said here is said at `BaseStore`.

    Args:
        source: `mysql://user:password@host:3306/database`, with special characters percent-encoded and,
            if need be, `?unix_socket=/path`. Or a pool of aiomysql, which is not closed.
        schema: the database that the tables are in, if not the one that is connected to; made if it is
            not there.
        timeout: seconds that an operation may take, with waiting for a connection and all repeats,
            until `StoreUnavailable`.
        attempt_timeout: seconds after which a connection that does not answer is given up, and the
            operation repeated on another.
        maintenance_timeout: the same for both where a migration or a part of `purge`, `delete_tenant`
            or `orphaned_attachments` is run.
        max_size: connections at most.
        max_inactive_connection_lifetime: seconds until an idle connection is not used any more; some
            firewalls forget it after minutes, and tell nobody.
        ssl: True for TLS and a certificate that this machine trusts; an `SSLContext` for anything else.
            What the connections of a given pool have was said when it was made.
    """

    engine: ClassVar[str] = "mysql"
    driver_errors: ClassVar[tuple[type[Exception], ...]] = (aiomysql.MySQLError,)

    def __init__(
        self,
        source: str | aiomysql.Pool,
        *,
        tenant: Callable[[TContext], str],
        codec: Codec | None = None,
        max_page_size: int = 1000,
        time_zone: tzinfo | None = None,
        schema: str | None = None,
        timeout: float = 10.0,
        attempt_timeout: float = 5.0,
        maintenance_timeout: float = 300.0,
        max_size: int = 10,
        max_inactive_connection_lifetime: float = 300.0,
        ssl: tls.SSLContext | bool = False,
    ) -> None:
        super().__init__(tenant=tenant, codec=codec, max_page_size=max_page_size, time_zone=time_zone)
        for name, value in (
            ("timeout", timeout),
            ("attempt_timeout", attempt_timeout),
            ("maintenance_timeout", maintenance_timeout),
            ("max_size", max_size),
        ):
            if not value > 0:
                raise ValueError(f"{name} must be greater than 0, not {value}")
        self._source = source
        self._login = _login(source) if isinstance(source, str) else {}
        self._ssl = tls.create_default_context() if ssl is True else ssl or None
        self._schema = schema
        self._at = "" if schema is None else f"{_quoted(schema)}."
        self._timeout = timeout
        self._attempt_timeout = attempt_timeout
        self._lock_wait = max(1, int(attempt_timeout) - 1)
        self._maintenance_timeout = maintenance_timeout
        self._max_size = max_size
        self._max_idle = max_inactive_connection_lifetime
        self._links: _Links | None = None
        self._calls = Calls()

    # --- Life cycle ---

    async def _open(self) -> None:
        if isinstance(self._source, str):
            self._links = _OwnLinks(self._connect, self._max_size, self._max_idle)
        else:
            self._links = _BorrowedLinks(self._source)

    async def _connect(self) -> _Link:
        try:
            connection = await _new_connection(
                **self._login, charset="utf8mb4", autocommit=True, ssl=self._ssl
            )
        except RuntimeError as error:  # the password's scheme needs a package that is not there
            raise StoreError(f"MySQL's driver cannot log in: {error}") from error
        link = _Link(connection)
        try:
            if self._ssl and link.transport.get_extra_info("ssl_object") is None:
                raise StoreError("The server offers no TLS, and the store was told to use it.")
            await link.prepare(
                "SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED",  # locks rows, and no gaps
                "SET SESSION sql_mode = 'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION', "
                # Or a call that was given up would go on waiting, and write when nobody expects it.
                f"innodb_lock_wait_timeout = {self._lock_wait}",
            )
        except BaseException:
            link.abort()
            raise
        return link

    async def _shut(self) -> None:
        with suppress(asyncio.TimeoutError):
            await asyncio.wait_for(self._calls.end(), self._timeout)
        links, self._links = self._links, None
        if links is not None:
            await links.close()

    async def _migrate(self) -> None:
        if await self._run(self._version) < len(MIGRATIONS):
            await self._run(self._apply_migrations, maintenance=True)

    async def _version(self, link: _Link) -> int:
        try:
            [(_, rows)] = await self._send(link, _READ_VERSION)
        except aiomysql.MySQLError as error:
            if _code(error) not in _NOTHING_THERE:
                raise
            return 0
        version = rows[0][0] if rows else 0
        if version > len(MIGRATIONS):
            raise SchemaTooNewError(
                f"The database has the schema {version}, and this release knows those up to "
                f"{len(MIGRATIONS)}: update chatkit-store-creator, or the copied mysql.py."
            )
        return version

    async def _apply_migrations(self, link: _Link) -> None:
        lock = {"schema": self._schema, "seconds": int(self._maintenance_timeout)}
        try:
            # One process migrates and the others wait. It ends with the connection, if not before.
            [(_, [(is_locked,)])] = await self._send(link, _LOCK_SCHEMA, **lock)
        except aiomysql.MySQLError as error:
            if _may_pass(error):
                raise
            await self._migrate_unlocked(
                link
            )  # no such locks here: others may do the same, without harm
            return
        if not is_locked:
            raise TimeoutError("another process is migrating the database")
        await self._migrate_unlocked(link)
        await self._send(link, _UNLOCK_SCHEMA, **lock)

    async def _migrate_unlocked(self, link: _Link) -> None:
        steps = [_VERSIONS, *chain.from_iterable(MIGRATIONS[await self._version(link) :])]
        if self._schema is not None:
            steps.insert(0, f"CREATE DATABASE IF NOT EXISTS {_quoted(self._schema)}")
        for statement in steps:
            await self._migrate_once(link, statement)
        await self._send(link, _WRITE_VERSION, version=len(MIGRATIONS))

    async def _migrate_once(self, link: _Link, statement: str) -> None:
        try:
            await self._send(link, statement)
        except aiomysql.MySQLError as error:
            if _code(error) not in _DONE:
                raise

    def as_store_error(self, error: Exception, operation: str) -> StoreError:
        cause = f" ({error.__cause__})" if isinstance(error.__cause__, OSError) else ""
        reason = f"MySQL failed in {operation}: {error}{cause}"
        if _may_pass(error):
            return StoreUnavailable(reason)
        if _code(error) in _TOO_LARGE:
            return PayloadError(f"Not written, for the server takes no object of this size: {error}")
        return StoreError(reason)

    # --- Reading and writing ---

    async def _run(self, work: Callable[[_Link], Awaitable[T]], *, maintenance: bool = False) -> T:
        """The result of `work`, which is repeated while what fails may pass."""
        try:
            with self._calls:
                return await self._persist(work, maintenance=maintenance)
        except OSError as error:
            kind = StoreUnavailable if _may_pass(error) else StoreError
            raise kind(f"MySQL cannot be reached: {error}") from error

    async def _persist(self, work: Callable[[_Link], Awaitable[T]], *, maintenance: bool) -> T:
        timeout, attempt_timeout = self._timeout, self._attempt_timeout
        if maintenance:
            timeout = attempt_timeout = self._maintenance_timeout
        expires = time.monotonic() + timeout
        try:
            return await self._attempt(work, attempt_timeout, expires)
        except (aiomysql.MySQLError, OSError) as error:
            if not _may_pass(error) or time.monotonic() >= expires:
                raise

        def is_over(state: RetryCallState) -> bool:
            # A lock that is not waited for to its end may be had, and the write be made, too late.
            error = state.outcome and state.outcome.exception()
            needed = self._lock_wait if error and _code(error) == _LOCK_WAIT_TIMEOUT else 0
            is_late = time.monotonic() + state.upcoming_sleep + needed >= expires
            return is_late or state.attempt_number >= _MOST_REPEATS

        retrying = AsyncRetrying(
            stop=is_over,
            wait=wait_random_exponential(multiplier=0.02, max=1),
            retry=retry_if_exception(_may_pass),
            reraise=True,
        )
        return await retrying(self._attempt, work, attempt_timeout, expires)

    async def _attempt(
        self, work: Callable[[_Link], Awaitable[T]], timeout: float, expires: float
    ) -> T:
        links = self._links
        if links is None:
            raise StoreClosedError(_CLOSED)
        timeout = min(timeout, expires - time.monotonic())
        expires = time.monotonic() + timeout
        try:
            link = await links.acquire(expires)
        except TimeoutError:
            raise TimeoutError(f"no connection in {timeout:.1f} seconds") from None
        # No cancellation: what waits for the connection finds it closed. It is faster, too.
        seconds = expires - time.monotonic()
        timer = asyncio.get_running_loop().call_later(seconds, link.transport.abort)
        sound = False
        try:
            result = await work(link)
            sound = True
        except PayloadError:
            sound = True  # nothing was sent
            raise
        except aiomysql.MySQLError as error:
            if time.monotonic() >= expires:
                raise TimeoutError(f"no answer in {timeout:.1f} seconds") from error
            if _code(error) in _CONFLICTS:
                await link.connection.rollback()
                sound = True
            raise
        finally:
            timer.cancel()
            links.release(link, sound=sound)
        return result

    async def _send(self, link: _Link, *statements: str, **values: Any) -> list[_Result]:
        return await link.send([one.replace("{at}", self._at) for one in statements], values)

    async def _execute(
        self, *statements: str, maintenance: bool = False, **values: Any
    ) -> list[_Result]:
        return await self._run(
            lambda link: self._send(link, *statements, **values), maintenance=maintenance
        )

    async def _fetch_all(
        self, statement: str, *, maintenance: bool = False, **values: Any
    ) -> Sequence[Any]:
        [(_, rows)] = await self._execute(statement, maintenance=maintenance, **values)
        return rows

    async def _fetch_payload(self, statement: str, **values: Any) -> str | None:
        rows = await self._fetch_all(statement, **values)
        return rows[0][0] if rows else None

    async def _fetch_page(
        self, order: _Order, after: str | None, descending: bool, **values: Any
    ) -> Rows | None:
        """Rows behind the cursor `after`, or the first ones; None if it was never there."""

        async def read(link: _Link) -> Sequence[Any] | None:
            if after is None:
                [(_, rows)] = await self._send(link, order.first[descending], **values)
                return rows
            for page, is_known in order.next[descending]:
                [(_, rows)] = await self._send(link, page, after=after, **values)
                if rows:
                    return rows
                [(_, known)] = await self._send(link, is_known, after=after, **values)
                if known:
                    return ()
            return None

        rows = await self._run(read)
        return None if rows is None else _texts(rows)

    async def _erase_in_parts(self, statement: str, **values: Any) -> int:
        """How many rows the statement, run until it finds no more, has deleted."""
        count = 0
        while True:
            [(changed, _)] = await self._execute(statement, maintenance=True, **values, limit=_AT_ONCE)
            count += changed
            if changed < _AT_ONCE:
                return count

    # --- Threads ---

    async def _read_thread(self, tenant: str, thread: str) -> str | None:
        return await self._fetch_payload(_READ_THREAD, tenant=tenant, thread=thread)

    async def _write_thread(self, tenant: str, thread: str, sort_key: int, payload: str) -> None:
        values: dict[str, Any] = {"tenant": tenant, "thread": thread, "payload": payload}

        async def write(link: _Link) -> None:
            (_, known), _ = await self._send(link, *_UPDATE_THREAD, **values)
            if not known:
                await self._send(link, *_INSERT_THREAD, **values, sort_key=sort_key)

        await self._run(write)

    async def _read_threads(
        self, tenant: str, after: str | None, limit: int, *, descending: bool = False
    ) -> Rows | None:
        return await self._fetch_page(_THREADS, after, descending, tenant=tenant, limit=limit)

    async def _erase_thread(self, tenant: str, thread: str, deleted_at: int) -> None:
        await self._execute(*_ERASE_THREAD, tenant=tenant, thread=thread, deleted_at=deleted_at)

    # --- Items ---

    async def _write_item(
        self, tenant: str, thread: str, item: str, sort_key: int, payload: str, *, fake: bool
    ) -> bool:
        _, (threads, _), _, _ = await self._execute(
            *_WRITE_ITEM,
            tenant=tenant,
            thread=thread,
            id=item,
            sort_key=sort_key,
            fake=fake,
            payload=payload,
        )
        return threads > 0

    async def _read_item(self, tenant: str, thread: str, item: str) -> str | None:
        return await self._fetch_payload(_READ_ITEM, tenant=tenant, thread=thread, id=item)

    async def _read_items(
        self, tenant: str, thread: str, after: str | None, limit: int, *, descending: bool = False
    ) -> Rows | None:
        rows = await self._fetch_page(
            _ITEMS, after, descending, tenant=tenant, thread=thread, limit=limit
        )
        if rows is None and await self._read_thread(tenant, thread) is None:
            return ()
        return rows

    async def _read_newest_fake_item(self, tenant: str, thread: str) -> tuple[str, str] | None:
        rows = await self._fetch_all(_READ_NEWEST_FAKE_ITEM, tenant=tenant, thread=thread)
        return next(iter(_texts(rows)), None)

    async def _erase_item(self, tenant: str, thread: str, item: str, deleted_at: int) -> None:
        await self._execute(*_ERASE_ITEM, tenant=tenant, thread=thread, id=item, deleted_at=deleted_at)

    # --- Attachments ---

    async def _write_attachment(
        self, tenant: str, attachment: str, thread: str | None, saved_at: int, payload: str
    ) -> None:
        await self._execute(
            _WRITE_ATTACHMENT,
            tenant=tenant,
            id=attachment,
            thread=thread,
            saved_at=saved_at,
            payload=payload,
        )

    async def _read_attachment(self, tenant: str, attachment: str) -> str | None:
        return await self._fetch_payload(_READ_ATTACHMENT, tenant=tenant, id=attachment)

    async def _read_attachments(self, tenant: str, after: str | None, limit: int) -> Rows:
        rows = await self._fetch_all(_READ_ATTACHMENTS, tenant=tenant, after=after or "", limit=limit)
        return _texts(rows)

    async def _read_orphaned_attachments(self, tenant: str, before: int, limit: int) -> Rows:
        rows = await self._fetch_all(
            _READ_ORPHANED_ATTACHMENTS, maintenance=True, tenant=tenant, before=before, limit=limit
        )
        return [(attachment.decode(), payload) for attachment, payload, _ in rows]

    async def _erase_attachment(self, tenant: str, attachment: str) -> None:
        await self._execute(_ERASE_ATTACHMENT, tenant=tenant, id=attachment)

    # --- Retention ---

    async def _read_idle_threads(self, before: int, limit: int) -> Sequence[tuple[str, str]]:
        rows = await self._fetch_all(_READ_IDLE_THREADS, maintenance=True, before=before, limit=limit)
        return [(tenant.decode(), thread.decode()) for tenant, thread in rows]

    async def _erase_tombstones(self, before: int) -> int:
        return sum([await self._erase_in_parts(one, before=before) for one in _ERASE_TOMBSTONES])

    async def _erase_tenant(self, tenant: str) -> None:
        # Thread by thread, each at once with its items, so that no late item is left without a thread.
        while threads := await self._fetch_all(_READ_THREADS_OF_TENANT, tenant=tenant, limit=_AT_ONCE):
            for (thread,) in threads:
                await self._erase_thread(tenant, thread.decode(), now())
        for statement in _ERASE_TENANT:
            await self._erase_in_parts(statement, tenant=tenant)


def _texts(rows: Sequence[Any]) -> Rows:
    """Rows of key and payload; the driver gives keys as bytes."""
    return [(row.decode(), payload) for row, payload in rows]


def _quoted(name: str) -> str:
    return "`" + name.replace("`", "``").replace("%", "%%") + "`"


def _login(url: str) -> dict[str, Any]:
    """A URL as arguments of `aiomysql.connect`.

    Raises:
        ValueError: it is none of MySQL's, or names no database. The message does not quote it.
    """
    parts = urlsplit(url)
    options = dict(parse_qsl(parts.query, keep_blank_values=True))
    socket = options.pop("unix_socket", None)
    database = unquote(parts.path.removeprefix("/"))
    try:
        port = parts.port or 3306
    except ValueError:
        port = None
    if (
        parts.scheme.partition("+")[0] not in ("mysql", "mariadb")
        or not database
        or not port
        or options
    ):
        raise ValueError(
            "The URL must be mysql://user:password@host:port/database, with special characters "
            "percent-encoded and no options but ?unix_socket=; TLS is asked for with ssl=True"
        )
    return {
        "host": parts.hostname or "localhost",
        "port": port,
        "user": unquote(parts.username or ""),
        "password": unquote(parts.password or ""),
        "db": database,
        "unix_socket": socket,
    }
