from chatkit.types import ThreadMetadata

from app.threads import OwnedThread


def save(thread: ThreadMetadata):
    thread.owner
    thread.updated_at  # CKS006
    OwnedThread(id="x", created_at=1, owner="me").owner
