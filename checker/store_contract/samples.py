"""Threads, items and attachments for cases that need plain ones; each with an id of its own."""

from __future__ import annotations

import itertools
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, TypeVar

from chatkit.types import (
    AssistantMessageContent,
    AssistantMessageItem,
    ClientToolCallItem,
    FileAttachment,
    HiddenContextItem,
    InferenceOptions,
    ThreadItemBase,
    ThreadMetadata,
    UserMessageItem,
    UserMessageTextContent,
    Workflow,
    WorkflowItem,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from chatkit.types import Attachment

Item = TypeVar("Item", bound=ThreadItemBase)

START = datetime(2024, 5, 17, 9, 30)
"""Naive, as the server's own time stamps; whole seconds, for microseconds are C08's alone."""

_numbers = itertools.count(1)


def fresh_id(prefix: str) -> str:
    """An id that no other object of this process has. Ids do not ascend: no order comes from them."""
    number = next(_numbers)
    return f"{prefix}_{(number * 0x9E3779B1) & 0xFFFFFFFF:08x}{number:x}"


def at(seconds: float) -> datetime:
    """A moment after START."""
    return START + timedelta(seconds=seconds)


def a_thread(thread_id: str | None = None, *, seconds: float = 0, **fields: Any) -> ThreadMetadata:
    """A thread; `seconds` places its `created_at`."""
    fields.setdefault("created_at", at(seconds))
    return ThreadMetadata(id=thread_id or fresh_id("thr"), **fields)


def a_reply(
    text: str = "Hello.", item_id: str | None = None, *, seconds: float = 0, thread_id: str = "thr"
) -> AssistantMessageItem:
    """An assistant's message."""
    return AssistantMessageItem(
        id=fresh_id("msg") if item_id is None else item_id,
        thread_id=thread_id,
        created_at=at(seconds),
        content=[AssistantMessageContent(text=text)],
    )


def in_thread(item: Item, thread_id: str) -> Item:
    """The item, made to name the thread that it is about to be written to."""
    item.thread_id = thread_id
    return item


def a_question(
    text: str = "Hello?", *, seconds: float = 0, attachments: Sequence[Attachment] = ()
) -> UserMessageItem:
    """A person's message."""
    return UserMessageItem(
        id=fresh_id("msg"),
        thread_id="thr",
        created_at=at(seconds),
        content=[UserMessageTextContent(text=text)],
        attachments=list(attachments),
        inference_options=InferenceOptions(),
    )


def a_workflow(*, seconds: float = 0) -> WorkflowItem:
    """A workflow without tasks, not ended."""
    return WorkflowItem(
        id=fresh_id("wf"),
        thread_id="thr",
        created_at=at(seconds),
        workflow=Workflow(type="reasoning", tasks=[]),
    )


def a_tool_call(*, seconds: float = 0) -> ClientToolCallItem:
    """A client tool call that waits for its output."""
    return ClientToolCallItem(
        id=fresh_id("tc"),
        thread_id="thr",
        created_at=at(seconds),
        call_id=fresh_id("call"),
        name="get_location",
        arguments={},
    )


def a_hidden_item(
    content: object = "seen by the model only", *, seconds: float = 0
) -> HiddenContextItem:
    """An item that never reaches the client."""
    return HiddenContextItem(
        id=fresh_id("hid"), thread_id="thr", created_at=at(seconds), content=content
    )


def an_attachment(name: str = "notes.txt", attachment_id: str | None = None) -> FileAttachment:
    """A file with metadata, not sent in any thread yet."""
    return FileAttachment(
        id=attachment_id or fresh_id("atc"),
        name=name,
        mime_type="text/plain",
        metadata={"blob": f"s3://{name}"},
    )
