from datetime import datetime, timezone

from chatkit.types import AssistantMessageItem, ErrorEvent, ProgressUpdateEvent, ThreadItemDoneEvent

now = datetime.now(timezone.utc)

async def respond():
    item = AssistantMessageItem(id="m", thread_id="t", created_at=now, content=[])
    yield ThreadItemDoneEvent(item=item)
    yield ThreadItemDoneEvent(item=item, item_id="m")  # CKS006
    yield ThreadItemDoneEvent(item_id="m")  # CKS006
    yield ErrorEvent(error="boom")  # CKS006
    yield ErrorEvent(message="boom")
    yield ProgressUpdateEvent(text="x", progress=1)  # CKS006
