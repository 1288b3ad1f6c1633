from datetime import datetime, timezone

from chatkit.types import ThreadMetadata

now = datetime.now(timezone.utc)

def by_name(thread: ThreadMetadata, name: str):
    getattr(thread, "updated_at", None)
    getattr(thread, "title")
    getattr(thread, name)
    setattr(thread, name, 1)
    setattr(thread, "title", "x")
    setattr(thread, "owner", "me")  # CKS006
    getattr(thread, "updated_at")  # CKS006
