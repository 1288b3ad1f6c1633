"""Threads, items and attachments in PostgreSQL."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime, timezone

import asyncpg
from chatkit.store import NotFoundError, Store
from chatkit.types import (
    AssistantMessageContent,
    AssistantMessageItem,
    Attachment,
    Page,
    ThreadItem,
    ThreadMetadata,
    UserMessageItem,
)
from pydantic import TypeAdapter

from src.config import settings

ITEM: TypeAdapter[ThreadItem] = TypeAdapter(ThreadItem)
ATTACHMENT: TypeAdapter[Attachment] = TypeAdapter(Attachment)

SCHEMA = """
CREATE TABLE IF NOT EXISTS threads (
    user_id text NOT NULL,
    id text NOT NULL,
    created_at timestamptz NOT NULL,
    payload text NOT NULL,
    PRIMARY KEY (user_id, id)
);
CREATE TABLE IF NOT EXISTS items (
    user_id text NOT NULL,
    thread_id text NOT NULL,
    id text NOT NULL,
    position bigint GENERATED ALWAYS AS IDENTITY,
    payload text NOT NULL,
    PRIMARY KEY (user_id, thread_id, id)
);
CREATE TABLE IF NOT EXISTS attachments (
    user_id text NOT NULL,
    id text NOT NULL,
    payload text NOT NULL,
    PRIMARY KEY (user_id, id)
);
"""


@dataclass(frozen=True)
class RequestContext:
    user_id: str


class PostgresStore(Store[RequestContext]):
    def __init__(self, url: str | None = None) -> None:
        self.url = url or settings.database_url
        self.pool: asyncpg.Pool | None = None
        self.lock = asyncio.Lock()

    async def connect(self) -> None:
        async with self.lock:
            if self.pool is not None:
                return
            pool = await asyncpg.create_pool(self.url, min_size=1, max_size=settings.pool_size)
            async with pool.acquire() as connection:
                await connection.execute(SCHEMA)
            self.pool = pool

    async def close(self) -> None:
        if self.pool is not None:
            await self.pool.close()
            self.pool = None

    async def _get_pool(self) -> asyncpg.Pool:
        if self.pool is None:
            await self.connect()
        if self.pool is None:
            raise RuntimeError("the pool could not be opened")
        return self.pool

    # Threads

    async def create_thread(self, title: str, context: RequestContext) -> ThreadMetadata:
        thread = ThreadMetadata(
            id=self.generate_thread_id(context),
            title=title,
            created_at=datetime.now(timezone.utc),
            metadata={"owner": context.user_id},
        )
        await self.save_thread(thread, context)
        return thread

    async def load_thread(self, thread_id: str, context: RequestContext) -> ThreadMetadata:
        pool = await self._get_pool()
        async with pool.acquire() as connection:
            row = await connection.fetchrow(
                "SELECT payload FROM threads WHERE id = $1 AND user_id = $2",
                thread_id,
                context.user_id,
            )
        if row is None:
            raise NotFoundError(f"thread {thread_id} not found")
        return ThreadMetadata.model_validate_json(row["payload"])

    async def save_thread(self, thread: ThreadMetadata, context: RequestContext) -> None:
        pool = await self._get_pool()
        async with pool.acquire() as connection:
            await connection.execute(
                """
                INSERT INTO threads (user_id, id, created_at, payload) VALUES ($1, $2, $3, $4)
                ON CONFLICT (user_id, id) DO UPDATE SET payload = excluded.payload
                """,
                context.user_id,
                thread.id,
                thread.created_at,
                thread.model_dump_json(),
            )

    async def load_threads(
        self, limit: int, after: str | None, order: str, context: RequestContext
    ) -> Page[ThreadMetadata]:
        pool = await self._get_pool()
        query = "SELECT payload FROM threads WHERE user_id = $1"
        params: list[object] = [context.user_id]
        if after is not None:
            params.append(after)
            compare = "<" if order == "desc" else ">"
            query += (
                f" AND (created_at, id) {compare}"
                f" (SELECT created_at, id FROM threads WHERE user_id = $1 AND id = ${len(params)})"
            )
        direction = "DESC" if order == "desc" else "ASC"
        params.append(limit + 1)
        query += f" ORDER BY created_at {direction}, id {direction} LIMIT ${len(params)}"
        async with pool.acquire() as connection:
            rows = await connection.fetch(query, *params)
        threads = [ThreadMetadata.model_validate_json(row["payload"]) for row in rows[:limit]]
        has_more = len(rows) > limit
        return Page(data=threads, has_more=has_more, after=threads[-1].id if has_more else None)

    async def rename_thread(self, thread_id: str, title: str, context: RequestContext) -> None:
        thread = await self.load_thread(thread_id, context)
        thread.title = title
        await self.save_thread(thread, context)

    async def delete_thread(self, thread_id: str, context: RequestContext) -> None:
        pool = await self._get_pool()
        async with pool.acquire() as connection:
            async with connection.transaction():
                await connection.execute(
                    "DELETE FROM items WHERE thread_id = $1 AND user_id = $2",
                    thread_id,
                    context.user_id,
                )
                await connection.execute(
                    "DELETE FROM threads WHERE id = $1 AND user_id = $2",
                    thread_id,
                    context.user_id,
                )

    # Items

    async def load_thread_items(
        self,
        thread_id: str,
        after: str | None,
        limit: int,
        order: str,
        context: RequestContext,
    ) -> Page[ThreadItem]:
        pool = await self._get_pool()
        query = "SELECT payload FROM items WHERE thread_id = $1 AND user_id = $2"
        params: list[object] = [thread_id, context.user_id]
        if after is not None:
            params.append(after)
            compare = "<" if order == "desc" else ">"
            query += (
                f" AND position {compare} (SELECT position FROM items"
                f" WHERE thread_id = $1 AND user_id = $2 AND id = ${len(params)})"
            )
        direction = "DESC" if order == "desc" else "ASC"
        params.append(limit + 1)
        query += f" ORDER BY position {direction} LIMIT ${len(params)}"
        async with pool.acquire() as connection:
            rows = await connection.fetch(query, *params)
        items = [ITEM.validate_json(row["payload"]) for row in rows[:limit]]
        has_more = len(rows) > limit
        return Page(data=items, has_more=has_more, after=items[-1].id if has_more else None)

    async def add_thread_item(
        self, thread_id: str, item: ThreadItem, context: RequestContext
    ) -> None:
        await self.save_item(thread_id, item, context)

    async def save_item(self, thread_id: str, item: ThreadItem, context: RequestContext) -> None:
        pool = await self._get_pool()
        async with pool.acquire() as connection:
            await connection.execute(
                """
                INSERT INTO items (user_id, thread_id, id, payload) VALUES ($1, $2, $3, $4)
                ON CONFLICT (user_id, thread_id, id) DO UPDATE SET payload = excluded.payload
                """,
                context.user_id,
                thread_id,
                item.id,
                item.model_dump_json(),
            )

    async def load_item(
        self, thread_id: str, item_id: str, context: RequestContext
    ) -> ThreadItem:
        pool = await self._get_pool()
        async with pool.acquire() as connection:
            row = await connection.fetchrow(
                "SELECT payload FROM items WHERE thread_id = $1 AND id = $2 AND user_id = $3",
                thread_id,
                item_id,
                context.user_id,
            )
        if row is None:
            raise NotFoundError(f"item {item_id} not found")
        return ITEM.validate_json(row["payload"])

    async def delete_thread_item(
        self, thread_id: str, item_id: str, context: RequestContext
    ) -> None:
        pool = await self._get_pool()
        async with pool.acquire() as connection:
            await connection.execute(
                "DELETE FROM items WHERE thread_id = $1 AND id = $2 AND user_id = $3",
                thread_id,
                item_id,
                context.user_id,
            )

    async def greet(self, thread: ThreadMetadata, context: RequestContext) -> AssistantMessageItem:
        item = AssistantMessageItem(
            id=self.generate_item_id("message", thread, context),
            thread_id=thread.id,
            created_at=datetime.now(timezone.utc),
            content=[AssistantMessageContent(text=settings.greeting)],
        )
        await self.add_thread_item(thread.id, item, context)
        return item

    async def transcript(self, thread_id: str, context: RequestContext) -> list[str]:
        page = await self.load_thread_items(
            thread_id, None, settings.page_limit, "asc", context
        )
        lines: list[str] = []
        for item in page.data:
            if isinstance(item, (UserMessageItem, AssistantMessageItem)):
                text = " ".join(part.text for part in item.content)
                lines.append(f"{item.type}: {text}")
        return lines

    # Attachments

    async def save_attachment(self, attachment: Attachment, context: RequestContext) -> None:
        pool = await self._get_pool()
        async with pool.acquire() as connection:
            await connection.execute(
                """
                INSERT INTO attachments (user_id, id, payload) VALUES ($1, $2, $3)
                ON CONFLICT (user_id, id) DO UPDATE SET payload = excluded.payload
                """,
                context.user_id,
                attachment.id,
                attachment.model_dump_json(),
            )

    async def load_attachment(self, attachment_id: str, context: RequestContext) -> Attachment:
        pool = await self._get_pool()
        async with pool.acquire() as connection:
            row = await connection.fetchrow(
                "SELECT payload FROM attachments WHERE id = $1 AND user_id = $2",
                attachment_id,
                context.user_id,
            )
        if row is None:
            raise NotFoundError(f"attachment {attachment_id} not found")
        return ATTACHMENT.validate_json(row["payload"])

    async def delete_attachment(self, attachment_id: str, context: RequestContext) -> None:
        pool = await self._get_pool()
        async with pool.acquire() as connection:
            await connection.execute(
                "DELETE FROM attachments WHERE id = $1 AND user_id = $2",
                attachment_id,
                context.user_id,
            )
