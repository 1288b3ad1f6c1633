from datetime import datetime, timezone

from chatkit.types import ThreadMetadata

now = datetime.now(timezone.utc)

class OwnedThread(ThreadMetadata):
    owner: str

    def label(self):
        return f"{self.owner}: {self.title}"


mine = OwnedThread(id="x", created_at=now, owner="me")
mine.owner = "you"
plain = ThreadMetadata(id="x", created_at=now, owner="me")  # CKS006
plain.owner = "you"  # CKS006


def may_be_a_subclass(thread: ThreadMetadata):
    thread.owner
    thread.updated_at  # CKS006
