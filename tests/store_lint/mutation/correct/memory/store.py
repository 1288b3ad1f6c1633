"""Threads, items and attachments in memory, for tests and demonstrations."""

from __future__ import annotations

from chatkit.store import NotFoundError, Store
from chatkit.types import Attachment, Page, ThreadItem, ThreadMetadata


class MemoryStore(Store[dict[str, str]]):
    """Holds what belongs to a user under `context["user"]`."""

    def __init__(self) -> None:
        self._threads: dict[tuple[str, str], ThreadMetadata] = {}
        self._items: dict[tuple[str, str], dict[str, ThreadItem]] = {}
        self._attachments: dict[tuple[str, str], Attachment] = {}

    async def load_thread(self, thread_id: str, context: dict[str, str]) -> ThreadMetadata:
        thread = self._threads.get((context["user"], thread_id))
        if thread is None:
            raise NotFoundError(f"thread {thread_id} not found")
        return thread.model_copy(deep=True)

    async def save_thread(self, thread: ThreadMetadata, context: dict[str, str]) -> None:
        kept = ThreadMetadata.model_validate(thread.model_dump(include=set(ThreadMetadata.model_fields)))
        self._threads[context["user"], thread.id] = kept

    async def load_threads(
        self, limit: int, after: str | None, order: str, context: dict[str, str]
    ) -> Page[ThreadMetadata]:
        mine = [t for (user, _), t in self._threads.items() if user == context["user"]]
        mine.sort(key=lambda thread: (thread.created_at, thread.id), reverse=order == "desc")
        start = self._behind([thread.id for thread in mine], after)
        page = [thread.model_copy(deep=True) for thread in mine[start : start + limit]]
        more = start + limit < len(mine)
        return Page(data=page, has_more=more, after=page[-1].id if more and page else None)

    async def delete_thread(self, thread_id: str, context: dict[str, str]) -> None:
        self._threads.pop((context["user"], thread_id), None)
        self._items.pop((context["user"], thread_id), None)

    async def load_thread_items(
        self,
        thread_id: str,
        after: str | None,
        limit: int,
        order: str,
        context: dict[str, str],
    ) -> Page[ThreadItem]:
        items = list(self._items.get((context["user"], thread_id), {}).values())
        if order == "desc":
            items.reverse()
        start = self._behind([item.id for item in items], after)
        page = [item.model_copy(deep=True) for item in items[start : start + limit]]
        more = start + limit < len(items)
        return Page(data=page, has_more=more, after=page[-1].id if more and page else None)

    async def add_thread_item(
        self, thread_id: str, item: ThreadItem, context: dict[str, str]
    ) -> None:
        await self.save_item(thread_id, item, context)

    async def save_item(self, thread_id: str, item: ThreadItem, context: dict[str, str]) -> None:
        items = self._items.setdefault((context["user"], thread_id), {})
        items[item.id] = item.model_copy(deep=True)

    async def load_item(
        self, thread_id: str, item_id: str, context: dict[str, str]
    ) -> ThreadItem:
        item = self._items.get((context["user"], thread_id), {}).get(item_id)
        if item is None:
            raise NotFoundError(f"item {item_id} not found")
        return item.model_copy(deep=True)

    async def delete_thread_item(
        self, thread_id: str, item_id: str, context: dict[str, str]
    ) -> None:
        self._items.get((context["user"], thread_id), {}).pop(item_id, None)

    async def save_attachment(self, attachment: Attachment, context: dict[str, str]) -> None:
        self._attachments[context["user"], attachment.id] = attachment.model_copy(deep=True)

    async def load_attachment(self, attachment_id: str, context: dict[str, str]) -> Attachment:
        attachment = self._attachments.get((context["user"], attachment_id))
        if attachment is None:
            raise NotFoundError(f"attachment {attachment_id} not found")
        return attachment.model_copy(deep=True)

    async def delete_attachment(self, attachment_id: str, context: dict[str, str]) -> None:
        self._attachments.pop((context["user"], attachment_id), None)

    @staticmethod
    def _behind(ids: list[str], after: str | None) -> int:
        if after is None:
            return 0
        return ids.index(after) + 1 if after in ids else len(ids)
