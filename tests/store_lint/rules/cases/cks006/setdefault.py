from datetime import datetime

from chatkit.types import ThreadMetadata


def lacks_a_field(now: datetime) -> ThreadMetadata:
    data = {"id": "thr_1"}
    data.setdefault("updated_at", now)
    return ThreadMetadata.model_validate(data)  # CKS006


def has_all(now: datetime) -> ThreadMetadata:
    data = {"id": "thr_1"}
    data.setdefault("created_at", now)
    return ThreadMetadata.model_validate(data)


def may_have_all(now: datetime, row: dict[str, object], key: str) -> ThreadMetadata:
    data = {"id": "thr_1", **row}
    data.setdefault("title", None)
    data.setdefault(key, now)
    return ThreadMetadata.model_validate(data)


def may_be_another(row: dict[str, object], load) -> ThreadMetadata:
    data = load(row)
    if data is None:
        data = {}
    data.setdefault("id", "thr_1")
    return ThreadMetadata.model_validate(data)
