from datetime import datetime, timezone

from chatkit.types import ThreadMetadata

now = datetime.now(timezone.utc)

ThreadMetadata(id="thr_1", created_at=now, Title="x")  # CKS006
ThreadMetadata(id="thr_1", created_at=now, createdAt=now)  # CKS006
ThreadMetadata(id="thr_1", created_at=now, title="x")
