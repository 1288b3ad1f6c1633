from datetime import datetime, timezone

from chatkit.types import ThreadMetadata

now = datetime.now(timezone.utc)

def parameter(ThreadMetadata):
    return ThreadMetadata(id="x", updated_at=now)


def local():
    from orm import ThreadMetadata

    return ThreadMetadata(id="x", updated_at=now)


def loop(threads):
    for ThreadMetadata in threads:
        ThreadMetadata(updated_at=now)
