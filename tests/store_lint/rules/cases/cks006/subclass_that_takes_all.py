from datetime import datetime, timezone

from chatkit.types import ThreadMetadata

now = datetime.now(timezone.utc)

from pydantic import ConfigDict


class OpenThread(ThreadMetadata):
    model_config = ConfigDict(extra="allow")


OpenThread(id="x", created_at=now, anything=1).anything


def read(thread: ThreadMetadata):
    return thread.anything


ThreadMetadata(id="x", created_at=now, anything=1)  # CKS006
