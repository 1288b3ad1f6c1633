"""The sources: JSON lines, any store, tables as in openai-chatkit's samples."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, closing
from pathlib import Path
from typing import Any, Final, Protocol, cast

from chatkit.store import NotFoundError, Store
from chatkit.types import ThreadMetadata, UserMessageItem

from reference_stores.importing.records import (
    Attached,
    Conversation,
    Record,
    SourceError,
    Unreadable,
    read,
)

ContextOf = Callable[[str], Any]
_PAGE: Final = 100


class JsonLines:
    """A file as `export_tenant` gives it: a thread, its items, the next thread, at last attachments."""

    def __init__(self, path: Path, context: Any) -> None:
        self._path = path
        self._context = context

    async def count(self) -> int | None:
        try:
            with self._path.open("rb") as file:
                return sum(b'"kind": "thread"' in line or b'"kind":"thread"' in line for line in file)
        except OSError as error:
            raise SourceError(f"{self._path}: {error.strerror}") from error

    async def records(self) -> AsyncIterator[Record]:
        conversation: Conversation | None = None
        with self._path.open("rb") as file:
            for number, line in enumerate(file, 1):
                if not line.strip():
                    continue
                try:
                    kind, owner, found = self._read(line)
                    if kind == "item" and (conversation is None or owner != conversation.thread.id):
                        raise ValueError("an item must stand behind its thread")
                except ValueError as error:
                    yield Unreadable(f"{self._path}:{number}", str(error))
                    continue
                if kind == "item" and conversation is not None:
                    conversation.items.append(found)
                    continue
                if conversation is not None:
                    yield conversation
                conversation = Conversation(self._context, found) if kind == "thread" else None
                if kind == "attachment":
                    yield Attached(self._context, found)
        if conversation is not None:
            yield conversation

    def _read(self, line: bytes) -> tuple[str, str | None, Any]:
        record = json.loads(line)
        if not isinstance(record, dict):
            raise ValueError("a line must be an object with kind and data")
        fields = cast("dict[str, Any]", record)
        kind = fields.get("kind")
        if kind not in ("thread", "item", "attachment") or "data" not in fields:
            raise ValueError('kind must be "thread", "item" or "attachment", beside data')
        return kind, fields.get("thread_id"), read(kind, fields["data"])


class FromStore:
    """Any store, through its public methods, for each of some contexts."""

    def __init__(self, store: Store[Any], contexts: Sequence[Any]) -> None:
        self._store = store
        self._contexts = contexts

    async def count(self) -> int | None:
        return None

    async def records(self) -> AsyncIterator[Record]:
        for context in self._contexts:
            seen: set[str] = set()
            async for thread in self._threads(context):
                try:
                    items = [item async for item in self._items(thread.id, context)]
                except Exception as error:  # noqa: BLE001 - a foreign store raises what it likes
                    yield Unreadable(f"thread {thread.id}", _said(error))
                    continue
                yield Conversation(context, ThreadMetadata(**_fields(thread)), items)
                async for attached in self._attachments(items, seen, context):
                    yield attached

    async def _threads(self, context: Any) -> AsyncIterator[ThreadMetadata]:
        after, cursors = None, set[str]()
        while True:
            try:
                page = await self._store.load_threads(_PAGE, after, "asc", context)
            except Exception as error:
                raise SourceError(f"the source's load_threads failed: {_said(error)}") from error
            for thread in page.data:
                yield thread
            after = page.after
            if not page.has_more or after is None:
                return
            if after in cursors:
                raise SourceError(
                    "the source's load_threads gives the same page again: mend it first (C31)"
                )
            cursors.add(after)

    async def _items(self, thread_id: str, context: Any) -> AsyncIterator[Any]:
        after, cursors = None, set[str]()
        while True:
            page = await self._store.load_thread_items(thread_id, after, _PAGE, "asc", context)
            for item in page.data:
                yield item
            after = page.after
            if not page.has_more or after is None:
                return
            if after in cursors:
                raise RuntimeError("load_thread_items gives the same page again (C31)")
            cursors.add(after)

    async def _attachments(
        self, items: Sequence[Any], seen: set[str], context: Any
    ) -> AsyncIterator[Record]:
        """Those that messages show: a store has no method that lists them."""
        for item in items:
            for shown in item.attachments if isinstance(item, UserMessageItem) else ():
                if shown.id in seen:
                    continue
                seen.add(shown.id)
                try:
                    yield Attached(context, await self._store.load_attachment(shown.id, context))
                except NotFoundError:
                    yield Attached(context, shown)
                except Exception as error:  # noqa: BLE001 - a foreign store raises what it likes
                    yield Unreadable(f"attachment {shown.id}", _said(error))


class _Database(Protocol):
    async def tables(self) -> dict[str, set[str]]:
        """The columns of each table."""
        ...

    async def rows(self, statement: str, *values: str) -> list[Sequence[Any]]:
        """What a statement gives, whose values stand as $1, $2."""
        ...


class _SQLite:
    def __init__(self, path: Path) -> None:
        if not path.is_file():
            raise SourceError(f"{path}: no such file")
        self._connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)

    async def __aenter__(self) -> _SQLite:
        return self

    async def __aexit__(self, *_error: object) -> None:
        self._connection.close()

    async def tables(self) -> dict[str, set[str]]:
        try:
            names = await self.rows("SELECT name FROM sqlite_master WHERE type IN ('table', 'view')")
            return {
                name: {column[1] for column in await self.rows(f'PRAGMA table_info("{name}")')}
                for (name,) in names
            }
        except sqlite3.DatabaseError as error:
            raise SourceError(f"this is no database of SQLite: {error}") from error

    async def rows(self, statement: str, *values: str) -> list[Sequence[Any]]:
        statement = statement.replace("$1", "?1").replace("$2", "?2")
        with closing(self._connection.execute(statement, values)) as cursor:
            return cursor.fetchall()


class _Postgres:
    def __init__(self, connection: Any) -> None:
        self._connection = connection

    async def tables(self) -> dict[str, set[str]]:
        found: dict[str, set[str]] = {}
        for table, column in await self.rows(
            "SELECT table_name, column_name FROM information_schema.columns "
            "WHERE table_schema = ANY (current_schemas(false))"
        ):
            found.setdefault(table, set()).add(column)
        return found

    async def rows(self, statement: str, *values: str) -> list[Sequence[Any]]:
        return await self._connection.fetch(statement, *values)


@asynccontextmanager
async def _postgres(url: str) -> AsyncGenerator[_Postgres]:
    try:
        import asyncpg  # pyright: ignore[reportMissingTypeStubs] - it ships none
    except ImportError as error:
        raise SourceError("tables of PostgreSQL need asyncpg: pip install asyncpg") from error
    try:
        connection = await cast("Any", asyncpg).connect(url, command_timeout=60)
    except (OSError, ValueError, asyncpg.PostgresError) as error:
        raise SourceError(f"the source cannot be reached: {error}") from error
    try:
        yield _Postgres(connection)
    finally:
        await connection.close()


class Tables:
    """Tables `threads` and `items`, perhaps `attachments` or `files`, with `id` and JSON in `data`.

    This is how openai-chatkit's guide and its test store lay them out (docs/guides/
    respond-to-user-message.md and tests/helpers/mock_store.py of 1.6.5).
    """

    def __init__(self, database: _Database, context_of: ContextOf, tenant: str | None) -> None:
        self._database = database
        self._context_of = context_of
        self._tenant = tenant
        self._known: dict[str, set[str]] = {}

    async def count(self) -> int | None:
        self._known = await self._database.tables()
        for table, columns in (("threads", {"id", "data"}), ("items", {"id", "thread_id", "data"})):
            lacking = columns - self._known.get(table, set())
            if lacking:
                there = ", ".join(sorted(self._known)) or "none"
                raise SourceError(
                    f"there is no table {table} with {', '.join(sorted(columns))}, but {there}. "
                    "Another schema is read by its own store: store-import store"
                )
        if "user_id" not in self._known["threads"] and self._tenant is None:
            raise SourceError("threads has no column user_id: --tenant says whose threads these are")
        ((number,),) = await self._database.rows("SELECT count(*) FROM threads")
        return number

    async def records(self) -> AsyncIterator[Record]:
        for thread_id, user, data in await self._rows("threads"):
            context = self._context_of(user)
            thread = _tried("thread", data, f"thread {thread_id}")
            if isinstance(thread, Unreadable):
                yield thread
                continue
            conversation = Conversation(context, thread)
            for item_id, _, stored in await self._items(thread_id):
                item = _tried("item", stored, f"item {item_id} of thread {thread_id}")
                if isinstance(item, Unreadable):
                    yield item
                else:
                    conversation.items.append(item)
            yield conversation
        for item_id, thread_id in await self._database.rows(
            "SELECT id, thread_id FROM items WHERE thread_id NOT IN (SELECT id FROM threads)"
        ):
            yield Unreadable(f"item {item_id}", f"there is no thread {thread_id}")
        for table in ("attachments", "files"):
            if {"id", "data"} <= self._known.get(table, set()):
                for attachment_id, user, data in await self._rows(table):
                    found = _tried("attachment", data, f"attachment {attachment_id}")
                    is_bad = isinstance(found, Unreadable)
                    yield found if is_bad else Attached(self._context_of(user), found)

    async def _rows(self, table: str) -> list[tuple[str, str, Any]]:
        columns = self._known[table]
        user = "user_id" if "user_id" in columns else "NULL"
        order = "created_at, id" if "created_at" in columns else "id"
        rows = await self._database.rows(f"SELECT id, {user}, data FROM {table} ORDER BY {order}")
        return [
            (str(row[0]), str(row[1]) if row[1] is not None else self._tenant or "", row[2])
            for row in rows
        ]

    async def _items(self, thread_id: str) -> list[Sequence[Any]]:
        columns = self._known["items"]
        last = "rowid" if isinstance(self._database, _SQLite) else "id"
        order = f"created_at, {last}" if "created_at" in columns else last
        return await self._database.rows(
            f"SELECT id, thread_id, data FROM items WHERE thread_id = $1 ORDER BY {order}", thread_id
        )


async def tables(
    place: str, context_of: ContextOf, tenant: str | None, closing: AsyncExitStack
) -> Tables:
    """The tables at a URL of PostgreSQL or in a file of SQLite. Raises SourceError."""
    database: Any
    if place.startswith(("postgres://", "postgresql://")):
        database = _postgres(place)
    elif "://" in place:
        raise SourceError(f"{place.partition('://')[0]}:// is neither PostgreSQL nor a file of SQLite")
    else:
        database = _SQLite(Path(place))
    return Tables(await closing.enter_async_context(database), context_of, tenant)


def _tried(kind: str, data: Any, where: str) -> Any:
    try:
        return read(kind, data)
    except ValueError as error:
        return Unreadable(where, str(error))


def _fields(thread: ThreadMetadata) -> dict[str, Any]:
    return {name: getattr(thread, name) for name in ThreadMetadata.model_fields}


def _said(error: BaseException) -> str:
    return f"{type(error).__name__}: {' '.join(str(error).split())}"
