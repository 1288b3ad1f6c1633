from datetime import datetime, timezone

from chatkit.types import ThreadMetadata

now = datetime.now(timezone.utc)

ThreadMetadata.model_validate({"id": "x", "created_at": now, "owner": "me"})  # CKS006
ThreadMetadata.model_validate({"id": "x", "created_at": now})
ThreadMetadata.model_validate({"id": "x"})  # CKS006
ThreadMetadata.parse_obj({"id": "x"})  # CKS006


def of_something(row, thread: ThreadMetadata):
    ThreadMetadata.model_validate(row)
    ThreadMetadata.model_validate(thread.model_dump())
    ThreadMetadata.model_validate(thread)
    ThreadMetadata.model_validate({**thread.model_dump(), "owner": "me"})  # CKS006
    ThreadMetadata.model_validate({"id": "x", "created_at": now, "y": 1}, extra="allow").y
