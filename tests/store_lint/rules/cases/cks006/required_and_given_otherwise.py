from datetime import datetime, timezone

from chatkit.types import ThreadMetadata

now = datetime.now(timezone.utc)

def from_row(row):
    ThreadMetadata(**row)
    ThreadMetadata(id=row["id"], **row)
    ThreadMetadata(*row)
    ThreadMetadata(**{"id": "x"})  # CKS006
    ThreadMetadata(**{"id": "x", **row})
    ThreadMetadata(**dict(row, id="x"))
