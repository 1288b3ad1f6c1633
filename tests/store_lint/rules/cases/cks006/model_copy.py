from datetime import datetime, timezone

from chatkit.types import ThreadMetadata

now = datetime.now(timezone.utc)

def copied(thread: ThreadMetadata):
    renamed = thread.model_copy(update={"title": "x"})
    renamed.owner  # CKS006
    touched = thread.model_copy(update={"title": "x", "updated_at": now})  # CKS006
    return touched.updated_at


def copied_by_variable(thread: ThreadMetadata, more: dict):
    changes = {"updated_at": now}
    thread.model_copy(update=changes)  # CKS006
    thread.model_copy(update=more)
    thread.model_copy(update={**more})
    thread.model_copy(update={**more, "owner": "me"})  # CKS006
    thread.model_copy(deep=True).owner  # CKS006
    thread.copy(update={"owner": "me"})  # CKS006
