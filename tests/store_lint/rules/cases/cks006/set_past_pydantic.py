from datetime import datetime, timezone

from chatkit.types import ThreadMetadata

now = datetime.now(timezone.utc)

def kept_beside(thread: ThreadMetadata):
    object.__setattr__(thread, "owner", "me")
    return thread.owner


def another(thread: ThreadMetadata):
    return thread.owners  # CKS006
