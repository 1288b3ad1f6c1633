from datetime import datetime, timezone

from chatkit.types import ThreadMetadata, UserMessageItem

now = datetime.now(timezone.utc)

from chatkit.server import ChatKitServer
from chatkit.store import Store


class Server(ChatKitServer[dict]):
    async def respond(self, thread, input_user_message, context):
        thread.owner  # CKS006
        loaded = await self.store.load_thread(thread.id, context)
        loaded.owner  # CKS006
        page = await self.store.load_thread_items(thread.id, None, 20, "asc", context)
        for item in page.data:
            item.role  # CKS006
        if input_user_message:
            input_user_message.text  # CKS006
            input_user_message.content[0].text
        yield None


async def of_any_store(store: Store[dict]):
    (await store.load_thread("x", {})).owner  # CKS006
    (await store.load_attachment("x", {})).preview_url
    store.owner
