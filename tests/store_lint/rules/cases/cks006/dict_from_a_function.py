from datetime import datetime, timezone

from chatkit.types import ThreadMetadata

now = datetime.now(timezone.utc)

def fields(row):
    found = {"id": row["id"], "created_at": row["created_at"]}
    found["owner"] = row["owner"]
    return found


def fields_of_the_model(row):
    return {"id": row["id"], "created_at": row["created_at"]}


def load(row):
    return ThreadMetadata(**fields(row))  # CKS006


def load_rightly(row):
    return ThreadMetadata(**fields_of_the_model(row))


def load_what_is_completed(row):
    data = fields_of_the_model(row)
    data.update(row)
    return ThreadMetadata(**data)
