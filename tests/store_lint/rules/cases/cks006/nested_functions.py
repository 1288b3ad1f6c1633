from datetime import datetime, timezone

from chatkit.types import ThreadMetadata

now = datetime.now(timezone.utc)

async def outer(thread: ThreadMetadata):
    def inner(other: ThreadMetadata):
        other.owner = "me"  # CKS006
        other.title = "me"

    make = lambda owner: ThreadMetadata(id="x", created_at=now, owner=owner)  # CKS006
    return inner, make
