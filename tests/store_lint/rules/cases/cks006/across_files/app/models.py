from chatkit.types import ThreadMetadata as Thread


def fields(row):
    return {"id": row["id"], "created_at": row["at"], "owner": row["owner"]}


def make(row) -> Thread:
    return Thread(id=row["id"], created_at=row["at"])
