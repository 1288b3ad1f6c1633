from datetime import datetime, timezone

from chatkit.types import ThreadMetadata

now = datetime.now(timezone.utc)

async def save_thread(thread: ThreadMetadata):
    thread.updated_at = now  # CKS006
    thread.title = "x"
    thread._revision = 1
    thread.metadata["updated_at"] = now


async def counted(thread: ThreadMetadata):
    thread.views += 1  # CKS006
    thread.title += "x"


async def unpacked(thread: ThreadMetadata):
    thread.title, thread.owner = "x", "me"  # CKS006
    for thread.position in range(3):  # CKS006
        pass
