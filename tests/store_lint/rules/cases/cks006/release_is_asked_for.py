from datetime import datetime, timezone

from chatkit.types import ThreadMetadata

now = datetime.now(timezone.utc)

import chatkit


def by_field():
    fields = {"id": "x", "created_at": now}
    if "archived" in ThreadMetadata.model_fields:
        fields["archived"] = True
    return ThreadMetadata(**fields)


def by_version():
    if chatkit.__version__ >= "9":
        return ThreadMetadata(id="x", created_at=now, pinned=True)
    return ThreadMetadata(id="x", created_at=now, starred=True)  # CKS006
