"""The chat: who answers, and where conversations are kept."""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

from chatkit.server import ChatKitServer
from chatkit.store import Store
from chatkit.types import (
    AssistantMessageContent,
    AssistantMessageItem,
    ThreadItemDoneEvent,
    ThreadMetadata,
    ThreadStreamEvent,
    UserMessageItem,
)
from sqlalchemy.ext.asyncio import AsyncEngine

Context = dict[str, Any]
"""What a request carries: `user_id`, from the session."""


def make_store(engine: AsyncEngine) -> Store[Context]:
    """The store of all conversations, in the database of the application's engine."""
    raise NotImplementedError("conversations are kept nowhere yet")


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
