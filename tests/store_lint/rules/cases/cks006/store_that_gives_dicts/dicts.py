# What a store gives that keeps to no interface is not known to the server beside it.
from chatkit.server import ChatKitServer
from chatkit.store import Store


class DictStore(Store):
    async def load_thread_items(self, thread_id, after, limit, order, context):
        if not thread_id:
            return None
        return {"data": [], "has_more": False}

    async def load_threads(self, limit, after, order, context) -> object:
        return {"data": [], "has_more": False}

    async def load_thread(self, thread_id, context):
        return self.threads[thread_id]


class Server(ChatKitServer):
    async def respond(self, thread, input, context):
        page = await self.store.load_thread_items(thread.id, None, 10, "desc", context)
        for item in page.get("data", []):
            yield item
        page = await self.store.load_threads(10, None, "desc", context)
        for item in page.get("data", []):  # CKS006
            yield item
        thread = await self.store.load_thread(thread.id, context)
        yield thread.get("title")  # CKS006
