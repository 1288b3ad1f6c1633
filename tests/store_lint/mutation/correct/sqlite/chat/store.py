"""Threads, items and attachments in SQLite."""

from datetime import datetime, timezone
from typing import Any

import aiosqlite
from chatkit import types
from chatkit.store import NotFoundError, Store
from chatkit.types import Page, ThreadItem, ThreadMetadata
from pydantic import TypeAdapter

from .config import AppConfig

_ITEM = TypeAdapter(types.ThreadItem)
_ATTACHMENT = TypeAdapter(types.Attachment)

_TABLES = """
CREATE TABLE IF NOT EXISTS threads (
    user_id TEXT NOT NULL, id TEXT NOT NULL, title TEXT, created_at TEXT NOT NULL,
    status TEXT NOT NULL, image_domains TEXT NOT NULL, metadata TEXT NOT NULL,
    PRIMARY KEY (user_id, id)
);
CREATE TABLE IF NOT EXISTS items (
    position INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id TEXT NOT NULL, thread_id TEXT NOT NULL, id TEXT NOT NULL, data TEXT NOT NULL,
    UNIQUE (user_id, thread_id, id)
);
CREATE TABLE IF NOT EXISTS attachments (
    user_id TEXT NOT NULL, id TEXT NOT NULL, data TEXT NOT NULL, PRIMARY KEY (user_id, id)
);
"""
_STATUS = TypeAdapter(types.ThreadStatus)
_METADATA = TypeAdapter(dict[str, Any])
_DOMAINS = TypeAdapter(list[str] | None)


def _thread(row: aiosqlite.Row) -> ThreadMetadata:
    return ThreadMetadata(
        id=row["id"],
        title=row["title"],
        created_at=datetime.fromisoformat(row["created_at"]),
        status=_STATUS.validate_json(row["status"]),
        allowed_image_domains=_DOMAINS.validate_json(row["image_domains"]),
        metadata=_METADATA.validate_json(row["metadata"]),
    )


class SQLiteStore(Store[str]):
    """The context is the id of the user."""

    def __init__(self, config: AppConfig) -> None:
        self.config = config
        self._db: aiosqlite.Connection | None = None

    async def open(self) -> None:
        db = await aiosqlite.connect(self.config.database, timeout=self.config.timeout)
        db.row_factory = aiosqlite.Row
        await db.executescript(_TABLES)
        self._db = db

    async def close(self) -> None:
        if self._db is not None:
            await self._db.close()
        self._db = None

    @property
    def db(self) -> aiosqlite.Connection:
        if self._db is None:
            raise RuntimeError("open() the store first")
        return self._db

    async def load_thread(self, thread_id: str, context: str) -> ThreadMetadata:
        async with self.db.execute(
            "SELECT * FROM threads WHERE user_id = ? AND id = ?", (context, thread_id)
        ) as cursor:
            row = await cursor.fetchone()
        if row is None:
            raise NotFoundError(thread_id)
        return _thread(row)

    async def save_thread(self, thread: ThreadMetadata, context: str) -> None:
        await self.db.execute(
            """
            INSERT INTO threads (user_id, id, title, created_at, status, image_domains, metadata)
            VALUES (?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (user_id, id) DO UPDATE SET title = excluded.title,
                status = excluded.status, image_domains = excluded.image_domains,
                metadata = excluded.metadata
            """,
            (
                context,
                thread.id,
                thread.title,
                thread.created_at.astimezone(timezone.utc).isoformat(),
                _STATUS.dump_json(thread.status).decode(),
                _DOMAINS.dump_json(thread.allowed_image_domains).decode(),
                _METADATA.dump_json(thread.metadata).decode(),
            ),
        )
        await self.db.commit()

    async def load_threads(
        self, limit: int, after: str | None, order: str, context: str
    ) -> Page[ThreadMetadata]:
        descending = order == "desc"
        where = "user_id = ?"
        args: list[Any] = [context]
        if after:
            where += f""" AND (created_at, id) {"<" if descending else ">"}
                (SELECT created_at, id FROM threads WHERE user_id = ? AND id = ?)"""
            args += [context, after]
        way = "DESC" if descending else "ASC"
        args.append(limit + 1)
        async with self.db.execute(
            f"SELECT * FROM threads WHERE {where} ORDER BY created_at {way}, id {way} LIMIT ?", args
        ) as cursor:
            rows = list(await cursor.fetchall())
        threads = [_thread(row) for row in rows[:limit]]
        more = len(rows) > limit
        return Page(data=threads, has_more=more, after=threads[-1].id if more else None)

    async def delete_thread(self, thread_id: str, context: str) -> None:
        await self.db.execute(
            "DELETE FROM items WHERE user_id = ? AND thread_id = ?", (context, thread_id)
        )
        await self.db.execute(
            "DELETE FROM threads WHERE user_id = ? AND id = ?", (context, thread_id)
        )
        await self.db.commit()

    async def load_thread_items(
        self, thread_id: str, after: str | None, limit: int, order: str, context: str
    ) -> Page[ThreadItem]:
        descending = order == "desc"
        where = "user_id = ? AND thread_id = ?"
        args: list[Any] = [context, thread_id]
        if after:
            where += f""" AND position {"<" if descending else ">"} (SELECT position FROM items
                WHERE user_id = ? AND thread_id = ? AND id = ?)"""
            args += [context, thread_id, after]
        args.append(limit + 1)
        way = "DESC" if descending else "ASC"
        async with self.db.execute(
            f"SELECT data FROM items WHERE {where} ORDER BY position {way} LIMIT ?", args
        ) as cursor:
            rows = list(await cursor.fetchall())
        items = [_ITEM.validate_json(row["data"]) for row in rows[:limit]]
        more = len(rows) > limit
        return Page(data=items, has_more=more, after=items[-1].id if more else None)

    async def add_thread_item(self, thread_id: str, item: ThreadItem, context: str) -> None:
        await self.save_item(thread_id, item, context)

    async def save_item(self, thread_id: str, item: ThreadItem, context: str) -> None:
        await self.db.execute(
            """
            INSERT INTO items (user_id, thread_id, id, data) VALUES (?, ?, ?, ?)
            ON CONFLICT (user_id, thread_id, id) DO UPDATE SET data = excluded.data
            """,
            (context, thread_id, item.id, item.model_dump_json()),
        )
        await self.db.commit()

    async def load_item(self, thread_id: str, item_id: str, context: str) -> ThreadItem:
        async with self.db.execute(
            "SELECT data FROM items WHERE user_id = ? AND thread_id = ? AND id = ?",
            (context, thread_id, item_id),
        ) as cursor:
            row = await cursor.fetchone()
        if row is None:
            raise NotFoundError(item_id)
        return _ITEM.validate_json(row["data"])

    async def delete_thread_item(self, thread_id: str, item_id: str, context: str) -> None:
        await self.db.execute(
            "DELETE FROM items WHERE user_id = ? AND thread_id = ? AND id = ?",
            (context, thread_id, item_id),
        )
        await self.db.commit()

    async def save_attachment(self, attachment: types.Attachment, context: str) -> None:
        await self.db.execute(
            """
            INSERT INTO attachments (user_id, id, data) VALUES (?, ?, ?)
            ON CONFLICT (user_id, id) DO UPDATE SET data = excluded.data
            """,
            (context, attachment.id, attachment.model_dump_json()),
        )
        await self.db.commit()

    async def load_attachment(self, attachment_id: str, context: str) -> types.Attachment:
        async with self.db.execute(
            "SELECT data FROM attachments WHERE user_id = ? AND id = ?", (context, attachment_id)
        ) as cursor:
            row = await cursor.fetchone()
        if row is None:
            raise NotFoundError(attachment_id)
        return _ATTACHMENT.validate_json(row["data"])

    async def delete_attachment(self, attachment_id: str, context: str) -> None:
        await self.db.execute(
            "DELETE FROM attachments WHERE user_id = ? AND id = ?", (context, attachment_id)
        )
        await self.db.commit()
