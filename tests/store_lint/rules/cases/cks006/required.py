from datetime import datetime, timezone

from chatkit.types import AssistantMessageItem, InferenceOptions, ThreadMetadata, UserMessageItem

now = datetime.now(timezone.utc)

ThreadMetadata(id="thr_1")  # CKS006
ThreadMetadata(id="thr_1", created_at=now)
UserMessageItem(id="m", thread_id="t", created_at=now, content=[])  # CKS006
UserMessageItem(
    id="m", thread_id="t", created_at=now, content=[], inference_options=InferenceOptions()
)
AssistantMessageItem(id="m", created_at=now, content=[])  # CKS006
AssistantMessageItem(id="m", thread_id="t", created_at=now, content=[])
