"""Threads, items and attachments for the tests of the stores."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

from chatkit.types import (
    AssistantMessageContent,
    AssistantMessageItem,
    FileAttachment,
    HiddenContextItem,
    InferenceOptions,
    ThreadMetadata,
    UserMessageItem,
    UserMessageTextContent,
)

ALICE: dict[str, Any] = {"user_id": "alice"}
BOB: dict[str, Any] = {"user_id": "bob"}
NOON = datetime(2026, 5, 4, 12, 0, tzinfo=timezone.utc)


def tenant(context: dict[str, Any]) -> str:
    return context["user_id"]


def thread(thread_id: str = "thr_1", seconds: float = 0, **fields: Any) -> ThreadMetadata:
    return ThreadMetadata(id=thread_id, created_at=NOON + timedelta(seconds=seconds), **fields)


def answer(
    item_id: str, text: str = "", seconds: float = 0, thread_id: str = "thr_1"
) -> AssistantMessageItem:
    return AssistantMessageItem(
        id=item_id,
        thread_id=thread_id,
        created_at=NOON + timedelta(seconds=seconds),
        content=[AssistantMessageContent(text=text)],
    )


def question(
    item_id: str, text: str = "", seconds: float = 0, thread_id: str = "thr_1"
) -> UserMessageItem:
    return UserMessageItem(
        id=item_id,
        thread_id=thread_id,
        created_at=NOON + timedelta(seconds=seconds),
        content=[UserMessageTextContent(text=text)],
        inference_options=InferenceOptions(),
    )


def texts(items: list[Any]) -> list[str]:
    """What each message says."""
    return ["".join(part.text for part in item.content) for item in items]


def hidden(content: Any, item_id: str = "hid_1", thread_id: str = "thr_1") -> HiddenContextItem:
    return HiddenContextItem(id=item_id, thread_id=thread_id, created_at=NOON, content=content)


def attachment(attachment_id: str = "atc_1", thread_id: str | None = None) -> FileAttachment:
    return FileAttachment(
        id=attachment_id,
        name="plan.pdf",
        mime_type="application/pdf",
        thread_id=thread_id,
        metadata={"blob": attachment_id},
    )
