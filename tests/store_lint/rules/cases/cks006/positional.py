from datetime import datetime, timezone

from chatkit.types import ThreadMetadata

now = datetime.now(timezone.utc)

def passed_on(*args, **kwargs):
    ThreadMetadata(*args)
    ThreadMetadata(**kwargs)
    ThreadMetadata(id="x", created_at=now, **kwargs)
    ThreadMetadata(id="x", created_at=now, owner="me", **kwargs)  # CKS006
