from datetime import datetime, timezone

from chatkit.types import ThreadMetadata

now = datetime.now(timezone.utc)

ThreadMetadata.model_construct(id="x", owner="me")  # CKS006
ThreadMetadata.model_construct(id="x")
