from datetime import datetime, timezone

from chatkit.types import ThreadMetadata

now = datetime.now(timezone.utc)

lost = ThreadMetadata(id="thr_1", created_at=now, updated_at=now)  # CKS006
kept = ThreadMetadata(id="thr_1", created_at=now, metadata={"updated_at": "now"})
