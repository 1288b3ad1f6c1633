from datetime import datetime, timezone

from chatkit.types import ThreadMetadata

now = datetime.now(timezone.utc)

def shown(thread: ThreadMetadata):
    print(thread.created_at, thread.model_dump(), thread.model_fields_set, thread.__class__)
    print(thread.updated_at)  # CKS006


def method(thread: ThreadMetadata):
    thread.to_dict()  # CKS006
    thread.dict()
    thread.json()


def deleted(thread: ThreadMetadata):
    del thread.updated_at  # CKS006
    del thread.title
