from datetime import datetime, timezone

from chatkit.types import AssistantMessageItem, ImageTask, Thread, ThreadMetadata

now = datetime.now(timezone.utc)


def writes(task: ImageTask, thread: ThreadMetadata):
    AssistantMessageItem(id="1", thread_id="1", created_at=now, content=[], step="x", part=1)
    AssistantMessageItem(id="1", content=[])
    AssistantMessageItem(id="1", thread_id="1", created_at=now, content=[], owner="x")  # CKS006
    thread.updated_at = now
    thread.owner = "x"  # CKS006
    thread.model_copy(update={"updated_at": now})
    return task.images, task.owner  # CKS006


def not_in_the_fork():
    Thread(id="1")  # CKS006
