from datetime import datetime, timezone

from chatkit.types import ThreadMetadata

now = datetime.now(timezone.utc)

def changed_elsewhere(clean):
    data = {"id": "x"}
    clean(data)
    return ThreadMetadata(**data)


def changed_in_a_loop(row):
    data = {}
    for key in ("id", "created_at"):
        data[key] = row[key]
    return ThreadMetadata(**data)


def completed_on_one_path(row):
    data = {"id": "x"}
    if row:
        data["created_at"] = row["created_at"]
    return ThreadMetadata(**data)


def emptied(row):
    data = {"id": "x", "created_at": now, "owner": "me"}
    data.clear()
    data.update(row)
    return ThreadMetadata(**data)
