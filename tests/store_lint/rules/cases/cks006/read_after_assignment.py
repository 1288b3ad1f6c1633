from datetime import datetime, timezone

from chatkit.types import ThreadMetadata

now = datetime.now(timezone.utc)

def first_failure_only(thread: ThreadMetadata):
    thread.updated_at = now  # CKS006
    return thread.updated_at
