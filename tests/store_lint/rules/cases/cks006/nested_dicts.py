from datetime import datetime, timezone

from chatkit.types import AssistantMessageItem, ThreadMetadata, UserMessageItem

now = datetime.now(timezone.utc)

UserMessageItem(
    id="m",
    thread_id="t",
    created_at=now,
    content=[{"type": "input_text", "text": "x", "annotations": []}],  # CKS006
    inference_options={"model": "x", "temperature": 1},  # CKS006
)
UserMessageItem(
    id="m",
    thread_id="t",
    created_at=now,
    content=[{"type": "input_text", "text": "x"}, {"type": "input_tag", "id": "1"}],  # CKS006
    inference_options={"model": "x"},
)
ThreadMetadata(id="x", created_at=now, status={"type": "locked", "by": "me"})  # CKS006
ThreadMetadata(id="x", created_at=now, status={"type": "locked", "reason": "me"})
AssistantMessageItem(
    id="m", thread_id="t", created_at=now, content=[{"type": "output_text", "text": "x"}]
)
