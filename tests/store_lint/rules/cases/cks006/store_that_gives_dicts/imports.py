from chatkit.server import ChatKitServer

from dicts import DictStore


class Server(ChatKitServer):
    async def respond(self, thread, input, context):
        page = await self.store.load_thread_items(thread.id, None, 10, "desc", context)
        for item in page.get("data", []):
            yield item


server = Server(DictStore())
