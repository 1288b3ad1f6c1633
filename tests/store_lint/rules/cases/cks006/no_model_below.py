from datetime import datetime, timezone

from chatkit.types import ThreadMetadata, HiddenContextItem, ClientToolCallItem

now = datetime.now(timezone.utc)

def read(thread: ThreadMetadata, hidden: HiddenContextItem, tool: ClientToolCallItem):
    thread.metadata.get("owner")
    hidden.content.anything
    tool.output.anything
    thread.title.upper()
    thread.created_at.timestamp()
    thread.status.type
    thread.status.reason
    thread.status.by  # CKS006


ThreadMetadata(id="x", created_at=now, metadata={"owner": "me", "deep": {"er": 1}})
