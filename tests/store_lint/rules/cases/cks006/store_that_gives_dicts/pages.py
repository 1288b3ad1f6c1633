from chatkit.server import ChatKitServer
from chatkit.store import Store
from chatkit.types import Page


class PageStore(Store):
    async def load_thread_items(self, thread_id, after, limit, order, context):
        return Page(data=[], has_more=False)


class Cache:
    async def load_thread_items(self, thread_id, after, limit, order, context):
        return {"data": [], "has_more": False}


class Server(ChatKitServer):
    async def respond(self, thread, input, context):
        page = await self.store.load_thread_items(thread.id, None, 10, "desc", context)
        for item in page.get("data", []):  # CKS006
            yield item
