"""The chat: who answers, and where conversations are kept."""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

from chatkit.server import ChatKitServer
from chatkit.types import (
    AssistantMessageContent,
    AssistantMessageItem,
    ThreadItemDoneEvent,
    ThreadMetadata,
    ThreadStreamEvent,
    UserMessageItem,
)

from helpdesk.settings import settings
from helpdesk.store import HelpdeskStore

Context = dict[str, Any]
"""What a request carries: `user_id`, from the session."""


def make_store() -> HelpdeskStore:
    """The store of all conversations: one for the whole application."""
    return HelpdeskStore(settings.database_url.removeprefix("sqlite:///"))


class Support(ChatKitServer[Context]):
    """Says back what it was told."""

    async def respond(
        self, thread: ThreadMetadata, input_user_message: UserMessageItem | None, context: Context
    ) -> AsyncIterator[ThreadStreamEvent]:
        if input_user_message is None:
            return
        said = "".join(getattr(part, "text", "") for part in input_user_message.content)
        yield ThreadItemDoneEvent(
            item=AssistantMessageItem(
                id=self.store.generate_item_id("message", thread, context),
                thread_id=thread.id,
                created_at=datetime.now(),
                content=[AssistantMessageContent(text="You said: " + said)],
            )
        )
