"""Runs one conversation through the store."""

import asyncio
from datetime import datetime, timezone

from chatkit import types
from chatkit.store import NotFoundError

from .config import load_config
from .store import SQLiteStore

config = load_config()


def message(store: SQLiteStore, thread: types.ThreadMetadata, user: str) -> types.UserMessageItem:
    return types.UserMessageItem(
        id=store.generate_item_id("message", thread, user),
        thread_id=thread.id,
        created_at=datetime.now(timezone.utc),
        content=[types.UserMessageTextContent(text="Where is my parcel?")],
        inference_options=types.InferenceOptions(model="small"),
    )


def answer(store: SQLiteStore, thread: types.ThreadMetadata, user: str) -> types.AssistantMessageItem:
    content = types.AssistantMessageContent(text="On its way.", annotations=[])
    return types.AssistantMessageItem(
        id=store.generate_item_id("message", thread, user),
        thread_id=thread.id,
        created_at=datetime.now(timezone.utc),
        content=[content],
    )


async def run(user: str) -> None:
    store = SQLiteStore(config)
    await store.open()
    try:
        thread = types.ThreadMetadata(
            id=store.generate_thread_id(user), created_at=datetime.now(timezone.utc)
        )
        thread.title = config.title
        await store.save_thread(thread, user)
        await store.add_thread_item(thread.id, message(store, thread, user), user)
        await store.add_thread_item(thread.id, answer(store, thread, user), user)
        page = await store.load_thread_items(thread.id, None, 1, "desc", user)
        for item in page.data:
            print(item.type, item.thread_id == thread.id)
        page = await store.load_thread_items(thread.id, page.after, 10, "desc", user)
        print(len(page.data), page.has_more)
        first = await store.load_item(thread.id, page.data[0].id, user)
        await store.save_item(thread.id, first, user)
        await store.delete_thread_item(thread.id, first.id, user)
        renamed = thread.model_copy(update={"title": "Lost parcel"})
        await store.save_thread(renamed, user)
        loaded = await store.load_thread(thread.id, user)
        print(loaded.title, loaded.status.type, loaded.allowed_image_domains)
        threads = await store.load_threads(10, None, "asc", user)
        print([found.title for found in threads.data])
        image = types.FileAttachment(id="atc_1", name="invoice.pdf", mime_type="application/pdf")
        await store.save_attachment(image, user)
        print((await store.load_attachment("atc_1", user)).mime_type)
        await store.delete_attachment("atc_1", user)
        await store.delete_thread(thread.id, user)
        try:
            await store.load_thread(thread.id, user)
        except NotFoundError:
            print("deleted")
    finally:
        await store.close()


def main() -> None:
    asyncio.run(run("ada"))


if __name__ == "__main__":
    main()
