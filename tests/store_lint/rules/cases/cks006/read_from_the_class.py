from datetime import datetime, timezone

from chatkit.types import ThreadMetadata

now = datetime.now(timezone.utc)

ThreadMetadata.from_row({})  # CKS006
ThreadMetadata.model_fields
ThreadMetadata.model_validate({"id": "x", "created_at": now})
ThreadMetadata.__name__
ThreadMetadata.mro()
