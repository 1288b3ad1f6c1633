from datetime import datetime, timezone

from chatkit.types import Thread, ThreadMetadata

now = datetime.now(timezone.utc)

def may_have_items(thread: ThreadMetadata):
    return thread.items


def has_items(thread: Thread):
    return thread.items.data


exact = ThreadMetadata(id="x", created_at=now)
exact.items  # CKS006
