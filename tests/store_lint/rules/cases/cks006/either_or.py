from datetime import datetime, timezone

from chatkit.types import ThreadMetadata, UserMessageItem

now = datetime.now(timezone.utc)

def maybe(thread: ThreadMetadata | None):
    if thread and thread.owner:  # CKS006
        return thread.title


def one_of(flag, other):
    thing = ThreadMetadata(id="x", created_at=now) if flag else other
    thing.owner
    kind = ThreadMetadata if flag else UserMessageItem
    kind(id="x", created_at=now, owner="me")  # CKS006
    kind(id="x", created_at=now, title="me")
