"""Runs one conversation through the store."""

from __future__ import annotations

import asyncio
from datetime import datetime, timezone

from chatkit.store import NotFoundError
from chatkit.types import (
    FileAttachment,
    InferenceOptions,
    ThreadMetadata,
    UserMessageItem,
    UserMessageTextContent,
)

from src.config import settings
from src.store import PostgresStore, RequestContext


def question(store: PostgresStore, thread: ThreadMetadata, context: RequestContext) -> UserMessageItem:
    return UserMessageItem(
        id=store.generate_item_id("message", thread, context),
        thread_id=thread.id,
        created_at=datetime.now(timezone.utc),
        content=[UserMessageTextContent(text="Where is my parcel?")],
        attachments=[],
        inference_options=InferenceOptions(),
    )


async def converse(store: PostgresStore, context: RequestContext) -> None:
    thread = await store.create_thread("Parcel", context)
    await store.greet(thread, context)
    item = question(store, thread, context)
    await store.add_thread_item(thread.id, item, context)
    await store.rename_thread(thread.id, "Lost parcel", context)
    for line in await store.transcript(thread.id, context):
        print(line)
    threads = await store.load_threads(settings.page_limit, None, "desc", context)
    print([found.title for found in threads.data])
    first = await store.load_thread_items(thread.id, None, 1, "asc", context)
    rest = await store.load_thread_items(thread.id, first.after, 1, "asc", context)
    print((await store.load_item(thread.id, rest.data[0].id, context)).type)
    await store.delete_thread_item(thread.id, item.id, context)
    attachment = FileAttachment(
        id=store.generate_thread_id(context), name="invoice.pdf", mime_type="application/pdf"
    )
    await store.save_attachment(attachment, context)
    print((await store.load_attachment(attachment.id, context)).name)
    await store.delete_attachment(attachment.id, context)
    await store.delete_thread(thread.id, context)
    try:
        await store.load_thread(thread.id, context)
    except NotFoundError as error:
        print(type(error).__name__)


async def run() -> None:
    store = PostgresStore()
    await store.connect()
    try:
        await converse(store, RequestContext(user_id="ada"))
    finally:
        await store.close()


def main() -> None:
    asyncio.run(run())


if __name__ == "__main__":
    main()
