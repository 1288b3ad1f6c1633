from chatkit.store import Store
from chatkit.types import ThreadMetadata

from .threads import OwnedThread


class OwnedStore(Store[dict]):
    async def load_thread(self, thread_id: str, context: dict) -> ThreadMetadata:
        return OwnedThread(id=thread_id, created_at=1, owner=context["user"])
