from datetime import datetime, timezone

from chatkit.types import ThreadMetadata

now = datetime.now(timezone.utc)

data = {"id": "x", "created_at": now, "updated_at": now}
ThreadMetadata(**data)  # CKS006


def built(row):
    kwargs = {"id": row.id, "created_at": row.created_at}
    if row.updated_at:
        kwargs["updated_at"] = row.updated_at
    return ThreadMetadata(**kwargs)  # CKS006


def taken_out(row):
    kwargs = {"id": row.id, "created_at": row.created_at, "updated_at": row.updated_at}
    del kwargs["updated_at"]
    return ThreadMetadata(**kwargs)


def popped(row):
    kwargs = {"id": row.id, "created_at": row.created_at, "updated_at": row.updated_at}
    kwargs.pop("updated_at")
    return ThreadMetadata(**kwargs)


def merged(row):
    return ThreadMetadata(**({"id": "x", "created_at": now} | {"owner": row.owner}))  # CKS006


def of_a_row(row):
    return ThreadMetadata(**{**row, "owner": row["owner"]})  # CKS006


def filtered(row):
    return ThreadMetadata(**{k: v for k, v in row.items() if k in ThreadMetadata.model_fields})
