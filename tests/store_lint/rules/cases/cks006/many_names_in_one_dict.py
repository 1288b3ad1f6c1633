from datetime import datetime, timezone

from chatkit.types import ThreadMetadata

now = datetime.now(timezone.utc)

data = {"id": "x", "created_at": now, "owner": 1, "updated_at": now}
ThreadMetadata(**data)  # CKS006
ThreadMetadata(
    **{
        "id": "x",
        "created_at": now,
        "owner": 1,  # CKS006
        "updated_at": now,  # CKS006
    }
)
