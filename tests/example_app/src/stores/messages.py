"""Builds thread items from rows."""

from datetime import datetime

from chatkit.types import AssistantMessageItem, MessageContentPart, UserMessageItem


def to_item(row: dict, thread_id: str) -> AssistantMessageItem | UserMessageItem:
    part = MessageContentPart(type="text", text=row["content"])
    if row["sender_type"] == "agent":
        return AssistantMessageItem(
            id=row["id"], thread_id=thread_id, created_at=datetime.now(), content=[part]
        )
    return UserMessageItem(
        id=row["id"], thread_id=thread_id, created_at=datetime.now(), content=row["content"]
    )
