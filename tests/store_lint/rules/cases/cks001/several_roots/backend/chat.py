# not run: it stands in a root of its own
from core.base import CoreStore


class ChatStore(CoreStore):  # CKS001
    pass


class FullStore(CoreStore):
    async def delete_thread(self, thread_id, context): ...
