from datetime import datetime, timezone

from chatkit.types import AssistantMessageItem, ThreadItem

now = datetime.now(timezone.utc)

from pydantic import TypeAdapter

ITEM = TypeAdapter(ThreadItem)


def load(row):
    item = ITEM.validate_json(row["data"])
    item.content
    return item.role  # CKS006


def make():
    ITEM.validate_python({"type": "end_of_turn", "id": "x", "thread_id": "t"})  # CKS006
    ITEM.validate_python({"type": "end_of_turn", "id": "x", "thread_id": "t", "created_at": now})
    ITEM.validate_python(
        {
            "type": "assistant_message",
            "id": "x",
            "thread_id": "t",
            "created_at": now,
            "content": [],
            "role": "assistant",  # CKS006
        }
    )
