"""A `ChatKitServer` whose answers a case writes, and requests to it as the client sends them."""

from __future__ import annotations

import json
import logging
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import chatkit.types as models
from chatkit.server import ChatKitServer, NonStreamingResult, StreamingResult
from chatkit.store import AttachmentStore
from chatkit.types import FileAttachment

from store_contract.expect import BrokenError, brief
from store_contract.samples import fresh_id

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Generator

    from chatkit.store import Store
    from chatkit.types import (
        AttachmentCreateParams,
        FeedbackKind,
        ThreadMetadata,
        ThreadStreamEvent,
        UserMessageItem,
        WidgetItem,
    )

    Respond = Callable[[ThreadMetadata, UserMessageItem | None], AsyncIterator[ThreadStreamEvent]]
    Act = Callable[[ThreadMetadata, WidgetItem | None], AsyncIterator[ThreadStreamEvent]]


class Chat(ChatKitServer[Any]):
    """A server that answers by the script that a case sets, and remembers what it was told."""

    def __init__(
        self, store: Store[Any], respond: Respond | None = None, act: Act | None = None
    ) -> None:
        super().__init__(store, BlobStore())
        self.script = respond or _say_nothing
        self.act = act
        self.rated: list[str] = []
        self.senders: list[WidgetItem | None] = []

    def respond(
        self, thread: ThreadMetadata, input_user_message: UserMessageItem | None, context: object
    ) -> AsyncIterator[ThreadStreamEvent]:
        """The script's answer."""
        del context
        return self.script(thread, input_user_message)

    def action(
        self, thread: ThreadMetadata, action: object, sender: WidgetItem | None, context: object
    ) -> AsyncIterator[ThreadStreamEvent]:
        """The script's answer to a widget."""
        del action, context
        assert self.act is not None
        return self.act(thread, sender)

    async def sync_action(
        self, thread: ThreadMetadata, action: object, sender: WidgetItem | None, context: object
    ) -> models.SyncCustomActionResponse:
        """Remember the sender, and send it back."""
        del thread, action, context
        self.senders.append(sender)
        return models.SyncCustomActionResponse(updated_item=sender)

    async def add_feedback(
        self, thread_id: str, item_ids: list[str], feedback: FeedbackKind, context: object
    ) -> None:
        """Look the items up, as an application does that keeps what was rated."""
        del feedback
        for item_id in item_ids:
            self.rated.append((await self.store.load_item(thread_id, item_id, context=context)).id)


class BlobStore(AttachmentStore[Any]):
    """Blobs that nobody keeps: metadata for the two-phase upload only."""

    async def create_attachment(self, input: AttachmentCreateParams, context: object) -> FileAttachment:  # noqa: A002 - the upstream's name
        """A record with an address to upload to, and metadata that is for the application only."""
        del context
        return FileAttachment.model_validate(
            {
                "id": fresh_id("atc"),
                "name": input.name,
                "mime_type": input.mime_type,
                "upload_descriptor": {"url": "https://blobs.example/1", "method": "PUT"},
                "metadata": {"blob": f"s3://{input.name}"},
            }
        )

    async def delete_attachment(self, attachment_id: str, context: object) -> None:
        """Nothing is kept."""


async def stream(chat: Chat, context: object, kind: str, /, **params: Any) -> list[dict[str, Any]]:
    """Send a request and read its whole answer: the events, in their order.

    Raises what the server caught and turned into an error event.
    """
    with _caught() as errors:
        result = await chat.process(request(kind, **params), context)
        events = [event async for event in open_stream(result)]
    if any(event["type"] == "error" for event in events):
        raise next(iter(errors), BrokenError(f"{kind} was answered with an error event"))
    return events


async def open_stream(result: object) -> AsyncIterator[dict[str, Any]]:
    """The events of a streaming result, as they come."""
    assert isinstance(result, StreamingResult)
    async for chunk in result:
        for line in chunk.decode().split("\n\n"):
            if line:
                yield json.loads(line.removeprefix("data: "))


async def ask(chat: Chat, context: object, kind: str, /, **params: Any) -> dict[str, Any]:
    """Send a request that is answered at once, and give its answer."""
    result = await chat.process(request(kind, **params), context)
    if not isinstance(result, NonStreamingResult):
        raise BrokenError(f"{kind} was answered by {brief(result)}")
    return json.loads(result.json)


def request(kind: str, /, **params: Any) -> bytes:
    """A request of the ChatKit protocol."""
    return json.dumps({"type": kind, "params": params}).encode()


def user_input(text: str = "Hello?", attachments: list[str] | None = None) -> dict[str, Any]:
    """What a person sends."""
    return {
        "content": [{"type": "input_text", "text": text}],
        "attachments": attachments or [],
        "inference_options": {},
    }


def thread_of(events: list[dict[str, Any]]) -> str:
    """The id of the thread that a `threads.create` made."""
    return next(event["thread"]["id"] for event in events if event["type"] == "thread.created")


async def _say_nothing(
    thread: ThreadMetadata, message: UserMessageItem | None
) -> AsyncIterator[ThreadStreamEvent]:
    del thread, message
    for never in ():
        yield never


@contextmanager
def _caught() -> Generator[list[Exception], None, None]:
    """What the server logs as an exception; it tells the client only that there was one."""
    errors: list[Exception] = []

    class Catch(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            if record.exc_info and isinstance(record.exc_info[1], Exception):
                errors.append(record.exc_info[1])

    handler, logger = Catch(), logging.getLogger("chatkit")
    logger.addHandler(handler)
    try:
        yield errors
    finally:
        logger.removeHandler(handler)
