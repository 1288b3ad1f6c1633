from datetime import datetime, timezone

from chatkit.types import ThreadMetadata

now = datetime.now(timezone.utc)

def guarded(thread: ThreadMetadata):
    if hasattr(thread, "updated_at"):
        return thread.updated_at
    return getattr(thread, "updated_at", None)


def early(thread: ThreadMetadata):
    if not hasattr(thread, "owner"):
        return None
    return thread.owner


def in_a_helper(thread: ThreadMetadata):
    return hasattr(thread, "tags")


def guarded_by_a_helper(thread: ThreadMetadata):
    return thread.tags if in_a_helper(thread) else []


def unguarded(thread: ThreadMetadata):
    if hasattr(thread, "title"):
        return thread.subtitle  # CKS006
