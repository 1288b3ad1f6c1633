from chatkit.server import ChatKitServer


class Server(ChatKitServer[dict]):
    async def respond(self, thread, input_user_message, context):
        loaded = await self.store.load_thread(thread.id, context)
        yield loaded.owner
        yield loaded.updated_at  # CKS006
