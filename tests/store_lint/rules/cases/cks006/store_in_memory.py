from datetime import datetime, timezone

from chatkit.types import Page, ThreadItem, ThreadMetadata

now = datetime.now(timezone.utc)

from chatkit.store import NotFoundError, Store


class MemoryStore(Store[dict]):
    def __init__(self):
        self.threads: dict[str, ThreadMetadata] = {}
        self.items: dict[str, list[ThreadItem]] = {}
        self.rows = {}

    async def load_thread(self, thread_id, context):
        thread = self.threads.get(thread_id)
        if thread is None:
            raise NotFoundError(thread_id)
        thread.seen_at = now  # CKS006
        self.rows[thread_id].seen_at = now
        return thread

    async def save_thread(self, thread, context):
        thread.updated_at = now  # CKS006
        self.threads[thread.id] = thread

    async def load_threads(self, limit, after, order, context):
        threads = sorted(self.threads.values(), key=lambda t: t.updated_at)  # CKS006
        return Page(data=threads[:limit])

    async def load_thread_items(self, thread_id, after, limit, order, context):
        items = self.items.get(thread_id, [])
        return Page(data=[item for item in items if item.visible])  # CKS006

    async def add_thread_item(self, thread_id, item, context):
        self.items.setdefault(thread_id, []).append(item)
        return item.role  # CKS006

    async def save_attachment(self, attachment, context):
        attachment.preview_url
        attachment.path  # CKS006
