"""Conversations in a file of SQLite.

Each operation is one statement on one connection in autocommit mode, so none can see half of another.
"""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import uuid4

import aiosqlite
from chatkit.store import NotFoundError, Store, StoreItemType
from chatkit.types import Attachment, Page, ThreadItem, ThreadMetadata
from pydantic import TypeAdapter

Context = dict[str, Any]

ITEM: TypeAdapter[ThreadItem] = TypeAdapter(ThreadItem)
ATTACHMENT: TypeAdapter[Attachment] = TypeAdapter(Attachment)

TABLES = """
CREATE TABLE IF NOT EXISTS threads (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id TEXT NOT NULL,
    id TEXT NOT NULL,
    created INTEGER NOT NULL,
    payload TEXT NOT NULL,
    UNIQUE (user_id, id)
);
CREATE TABLE IF NOT EXISTS items (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id TEXT NOT NULL,
    thread_id TEXT NOT NULL,
    id TEXT NOT NULL,
    created INTEGER NOT NULL,
    payload TEXT NOT NULL,
    UNIQUE (user_id, thread_id, id),
    FOREIGN KEY (user_id, thread_id) REFERENCES threads (user_id, id) ON DELETE CASCADE
);
CREATE TABLE IF NOT EXISTS attachments (
    user_id TEXT NOT NULL,
    id TEXT NOT NULL,
    payload TEXT NOT NULL,
    PRIMARY KEY (user_id, id)
);
"""
SAVE_THREAD = (
    "INSERT INTO threads (user_id, id, created, payload) VALUES (?, ?, ?, ?) "
    "ON CONFLICT (user_id, id) DO UPDATE SET payload = excluded.payload"
)
SAVE_ITEM = (
    "INSERT INTO items (user_id, thread_id, id, created, payload) VALUES (?, ?, ?, ?, ?) "
    "ON CONFLICT (user_id, thread_id, id) DO UPDATE SET payload = excluded.payload"
)
SAVE_ATTACHMENT = (
    "INSERT INTO attachments (user_id, id, payload) VALUES (?, ?, ?) "
    "ON CONFLICT (user_id, id) DO UPDATE SET payload = excluded.payload"
)


def microseconds(moment: datetime) -> int:
    """The place in time, as a number; a naive moment is in the machine's zone."""
    return round(moment.timestamp() * 1_000_000)


class HelpdeskStore(Store[Context]):
    """One file, one connection, opened by the first call."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.opening: asyncio.Task[aiosqlite.Connection] | None = None

    async def connect(self) -> aiosqlite.Connection:
        """The connection. A call that is cancelled does not cancel the opening for the others."""
        if self.opening is None:
            self.opening = asyncio.create_task(self.open())
        return await asyncio.shield(self.opening)

    async def open(self) -> aiosqlite.Connection:
        connection = await aiosqlite.connect(self.path, isolation_level=None, timeout=30)
        await connection.execute("PRAGMA journal_mode = WAL")
        await connection.execute("PRAGMA foreign_keys = ON")
        await connection.executescript(TABLES)
        return connection

    async def close(self) -> None:
        opening, self.opening = self.opening, None
        if opening is not None:
            await (await opening).close()

    async def fetch(self, statement: str, *parameters: object) -> list[Any]:
        """Run a statement, whole even if the caller is cancelled; returns its rows."""
        connection = await self.connect()
        rows = await asyncio.shield(connection.execute_fetchall(statement, parameters))
        return list(rows)

    # --- Threads ---

    async def save_thread(self, thread: ThreadMetadata, context: Context) -> None:
        created = microseconds(thread.created_at)
        plain = ThreadMetadata.model_validate(thread.model_dump())  # a Thread has items, too
        payload = plain.model_dump_json()
        ThreadMetadata.model_validate_json(payload)  # what cannot be read is refused now
        await self.fetch(SAVE_THREAD, context["user_id"], thread.id, created, payload)

    async def load_thread(self, thread_id: str, context: Context) -> ThreadMetadata:
        rows = await self.fetch(
            "SELECT payload FROM threads WHERE user_id = ? AND id = ?", context["user_id"], thread_id
        )
        if not rows:
            raise NotFoundError(f"there is no thread {thread_id}")
        return ThreadMetadata.model_validate_json(rows[0][0])

    async def load_threads(
        self, limit: int, after: str | None, order: str, context: Context
    ) -> Page[ThreadMetadata]:
        rows, more = await self.page("threads", (context["user_id"],), limit, after, order)
        threads = [ThreadMetadata.model_validate_json(payload) for payload in rows]
        return Page(data=threads, has_more=more, after=threads[-1].id if more else None)

    async def delete_thread(self, thread_id: str, context: Context) -> None:
        await self.fetch(
            "DELETE FROM threads WHERE user_id = ? AND id = ?", context["user_id"], thread_id
        )

    # --- Items ---

    async def add_thread_item(self, thread_id: str, item: ThreadItem, context: Context) -> None:
        await self.save_item(thread_id, item, context)

    async def save_item(self, thread_id: str, item: ThreadItem, context: Context) -> None:
        payload = ITEM.dump_json(item).decode()
        ITEM.validate_json(payload)  # what cannot be read is refused now
        created = microseconds(item.created_at)
        try:
            await self.fetch(SAVE_ITEM, context["user_id"], thread_id, item.id, created, payload)
        except aiosqlite.IntegrityError:
            raise NotFoundError(f"there is no thread {thread_id}") from None

    async def load_item(self, thread_id: str, item_id: str, context: Context) -> ThreadItem:
        rows = await self.fetch(
            "SELECT payload FROM items WHERE user_id = ? AND thread_id = ? AND id = ?",
            context["user_id"],
            thread_id,
            item_id,
        )
        if not rows:
            raise NotFoundError(f"there is no item {item_id}")
        return ITEM.validate_json(rows[0][0])

    async def load_thread_items(
        self, thread_id: str, after: str | None, limit: int, order: str, context: Context
    ) -> Page[ThreadItem]:
        owner = (context["user_id"], thread_id)
        rows, more = await self.page("items", owner, limit, after, order)
        items = [ITEM.validate_json(payload) for payload in rows]
        return Page(data=items, has_more=more, after=items[-1].id if more else None)

    async def delete_thread_item(self, thread_id: str, item_id: str, context: Context) -> None:
        await self.fetch(
            "DELETE FROM items WHERE user_id = ? AND thread_id = ? AND id = ?",
            context["user_id"],
            thread_id,
            item_id,
        )

    # --- Attachments ---

    async def save_attachment(self, attachment: Attachment, context: Context) -> None:
        payload = ATTACHMENT.dump_json(attachment).decode()
        await self.fetch(SAVE_ATTACHMENT, context["user_id"], attachment.id, payload)

    async def load_attachment(self, attachment_id: str, context: Context) -> Attachment:
        rows = await self.fetch(
            "SELECT payload FROM attachments WHERE user_id = ? AND id = ?",
            context["user_id"],
            attachment_id,
        )
        if not rows:
            raise NotFoundError(f"there is no attachment {attachment_id}")
        return ATTACHMENT.validate_json(rows[0][0])

    async def delete_attachment(self, attachment_id: str, context: Context) -> None:
        await self.fetch(
            "DELETE FROM attachments WHERE user_id = ? AND id = ?", context["user_id"], attachment_id
        )

    # --- Ids and pages ---

    def generate_thread_id(self, context: Context) -> str:
        return f"thr_{uuid4().hex}"

    def generate_item_id(
        self, item_type: StoreItemType, thread: ThreadMetadata, context: Context
    ) -> str:
        return f"{item_type}_{uuid4().hex}"

    async def page(
        self, table: str, owner: Sequence[str], limit: int, after: str | None, order: str
    ) -> tuple[list[str], bool]:
        """Payloads behind the row `after`, and whether there are more; an unknown row has none."""
        owned = "user_id = ?" if table == "threads" else "user_id = ? AND thread_id = ?"
        direction, beyond = ("DESC", "<") if order == "desc" else ("ASC", ">")
        where, parameters = owned, list[object](owner)
        if after is not None:
            where += (
                f" AND (created, sequence) {beyond}"
                f" (SELECT created, sequence FROM {table} WHERE {owned} AND id = ?)"
            )
            parameters += [*owner, after]
        rows = await self.fetch(
            f"SELECT payload FROM {table} WHERE {where}"
            f" ORDER BY created {direction}, sequence {direction} LIMIT ?",
            *parameters,
            limit + 1,
        )
        return [payload for (payload,) in rows[:limit]], len(rows) > limit
