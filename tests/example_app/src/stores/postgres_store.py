"""A ChatKit store on PostgreSQL."""

import json
import logging
from typing import Any

import asyncpg
from chatkit.store import NotFoundError, Store
from chatkit.types import Attachment, Page, ThreadItem, ThreadMetadata
from pydantic import TypeAdapter

from src.config import settings

logger = logging.getLogger(__name__)
items = TypeAdapter(ThreadItem)


class PostgresStore(Store[dict[str, Any]]):
    def __init__(self) -> None:
        self.connection_string = settings.NEON_DATABASE_URL

    async def connect(self) -> None:
        if not self.pool:
            self.pool = await asyncpg.create_pool(self.connection_string)

    async def load_thread(self, thread_id: str, context: dict[str, Any]) -> ThreadMetadata:
        if not self.pool:
            await self.connect()
        async with self.pool.acquire() as connection:
            row = await connection.fetchrow(
                "SELECT id, created_at, updated_at FROM threads WHERE id = $1", thread_id
            )
        if row is None:
            raise NotFoundError(thread_id)
        return ThreadMetadata(
            id=row["id"], created_at=row["created_at"], updated_at=row["updated_at"]
        )

    async def save_thread(self, thread: ThreadMetadata, context: dict[str, Any]) -> None:
        async with self.pool.acquire() as connection:
            await connection.execute(
                "INSERT INTO threads (id, created_at, payload) VALUES ($1, $2, $3) "
                "ON CONFLICT (id) DO UPDATE SET payload = $3",
                thread.id,
                thread.created_at,
                thread.model_dump_json(),
            )
            logger.info("saved %s at %s", thread.id, thread.updated_at)

    async def load_thread_items(
        self,
        thread_id: str,
        after: str | None,
        limit: int,
        order: str,
        context: dict[str, Any],
    ) -> Page[ThreadItem]:
        params = [thread_id]
        query = "SELECT id, payload FROM items WHERE thread_id = $1"
        if after is not None:
            params.append(after)
            query += f" AND id > ${len(params)}"
        params.append(str(limit + 1))
        query += f" ORDER BY created_at LIMIT ${len(params)}"
        async with self.pool.acquire() as connection:
            rows = await connection.fetch(query, *params)
        data = [items.validate_json(row["payload"]) for row in rows[:limit]]
        more = len(rows) > limit
        return Page(data=data, has_more=more, after=data[-1].id if more else None)

    async def load_threads(
        self, limit: int, after: str | None, order: str, context: dict[str, Any]
    ) -> Page[ThreadMetadata]:
        async with self.pool.acquire() as connection:
            rows = await connection.fetch(
                "SELECT payload FROM threads ORDER BY created_at DESC LIMIT $1", limit
            )
        return Page(data=[ThreadMetadata.model_validate_json(row["payload"]) for row in rows])

    async def add_thread_item(
        self, thread_id: str, item: ThreadItem, context: dict[str, Any]
    ) -> None:
        await self.save_item(thread_id, item, context)

    async def save_item(self, thread_id: str, item: ThreadItem, context: dict[str, Any]) -> None:
        async with self.pool.acquire() as connection:
            await connection.execute(
                "INSERT INTO items (id, thread_id, created_at, payload) VALUES ($1, $2, $3, $4)",
                item.id,
                thread_id,
                item.created_at,
                json.dumps(item.model_dump(mode="json")),
            )

    async def load_item(
        self, thread_id: str, item_id: str, context: dict[str, Any]
    ) -> ThreadItem:
        async with self.pool.acquire() as connection:
            payload = await connection.fetchval(
                "SELECT payload FROM items WHERE thread_id = $1 AND id = $2", thread_id, item_id
            )
        return ThreadItem.model_validate_json(payload)

    async def delete_thread(self, thread_id: str, context: dict[str, Any]) -> None:
        async with self.pool.acquire() as connection:
            await connection.execute("DELETE FROM threads WHERE id = $1", thread_id)

    async def save_attachment(self, attachment: Attachment, context: dict[str, Any]) -> None:
        logger.info("saving attachment %s", attachment.id)

    async def load_attachment(self, attachment_id: str, context: dict[str, Any]) -> Attachment:
        raise NotFoundError(attachment_id)

    async def delete_attachment(self, attachment_id: str, context: dict[str, Any]) -> None:
        logger.info("deleting attachment %s", attachment_id)

    async def close(self) -> None:
        await self.pool.close()
        self.pool = None


def make_store() -> PostgresStore:
    return PostgresStore()
