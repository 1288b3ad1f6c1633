from datetime import datetime, timezone

from chatkit.types import ThreadItem, ThreadMetadata

now = datetime.now(timezone.utc)

def from_storage(item: ThreadItem):
    if isinstance(item, dict):
        return item.get("id")
    return item.id


def serialised(thread: ThreadMetadata):
    return thread.isoformat() if isinstance(thread, datetime) else thread.id


def unknown(thing):
    return thing.updated_at


def rebound(thread: ThreadMetadata):
    thread = thread.model_dump()
    thread.update(owner="me")
    return thread
