from chatkit.server import ChatKitServer

import dicts
from pages import PageStore


class Server(ChatKitServer):
    async def respond(self, thread, input, context):
        page = await self.store.load_thread_items(thread.id, None, 10, "desc", context)
        for item in page.get("data", []):  # CKS006
            yield item


server = Server(PageStore())
