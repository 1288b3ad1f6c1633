import chatkit.types
from pydantic import BaseModel


class ThreadMetadata(BaseModel):
    id: str
    updated_at: int


mine = ThreadMetadata(id="x", updated_at=1)
mine.updated_at = 2
theirs = chatkit.types.ThreadMetadata(id="x", created_at=1, updated_at=1)  # CKS006
theirs.updated_at = 2  # CKS006
