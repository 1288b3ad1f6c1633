from datetime import datetime, timezone

from chatkit.types import Annotation, AssistantMessageContent, AssistantMessageItem, LockedStatus, ThreadMetadata, URLSource

now = datetime.now(timezone.utc)

ThreadMetadata(id="x", created_at=now, status=LockedStatus(by="me"))  # CKS006
AssistantMessageItem(
    id="m",
    thread_id="t",
    created_at=now,
    content=[
        AssistantMessageContent(
            text="x",
            annotations=[Annotation(source=URLSource(title="x"))],  # CKS006
        )
    ],
)
Annotation(source=URLSource(title="x", url="y"))
