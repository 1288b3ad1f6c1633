"""Runs one conversation through the store."""

from __future__ import annotations

import asyncio
from datetime import datetime, timezone

from chatkit.types import (
    AssistantMessageContent,
    AssistantMessageItem,
    ImageAttachment,
    InferenceOptions,
    ThreadItem,
    ThreadMetadata,
    UserMessageItem,
    UserMessageTagContent,
    UserMessageTextContent,
)
from config import settings
from store import MemoryStore


def text_of(item: ThreadItem) -> str:
    if isinstance(item, UserMessageItem):
        return " ".join(part.text for part in item.content)
    if isinstance(item, AssistantMessageItem):
        return item.content[0].text
    return item.type


async def run() -> None:
    store = MemoryStore()
    context = {"user": settings.user}
    now = datetime.now(timezone.utc)
    thread = ThreadMetadata(id="thr_1", title="Parcel", created_at=now)
    await store.save_thread(thread, context)
    welcome = AssistantMessageItem(
        id="msg_1",
        thread_id=thread.id,
        created_at=now,
        content=[AssistantMessageContent(text=settings.welcome)],
    )
    await store.add_thread_item(thread.id, welcome, context)
    parts = [UserMessageTextContent(text="Where is"), UserMessageTagContent(id="p1", text="#1", data={})]
    asked = UserMessageItem(
        id="msg_2",
        thread_id=thread.id,
        created_at=now,
        content=parts,
        inference_options=InferenceOptions(),
    )
    await store.add_thread_item(thread.id, asked, context)
    page = await store.load_thread_items(thread.id, None, settings.page_size, "asc", context)
    print([text_of(item) for item in page.data])
    loaded = await store.load_thread(thread.id, context)
    loaded.metadata["seen"] = True
    loaded.title = f"{loaded.title} #1"
    await store.save_thread(loaded, context)
    threads = await store.load_threads(1, None, "desc", context)
    print(threads.data[0].title, threads.has_more)
    picture = ImageAttachment(
        id="atc_1", name="door.png", mime_type="image/png", preview_url="https://example.com/door.png"
    )
    await store.save_attachment(picture, context)
    print((await store.load_attachment(picture.id, context)).type)
    await store.delete_attachment(picture.id, context)
    await store.save_item(thread.id, asked, context)
    print((await store.load_item(thread.id, asked.id, context)).created_at == now)
    await store.delete_thread_item(thread.id, asked.id, context)
    await store.delete_thread(thread.id, context)


def main() -> None:
    asyncio.run(run())


if __name__ == "__main__":
    main()
