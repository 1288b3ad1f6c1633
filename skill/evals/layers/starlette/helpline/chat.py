"""The chat: who answers, and where conversations are kept."""

from collections.abc import AsyncIterator
from datetime import datetime

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

from helpline.context import RequestContext
from helpline.settings import SETTINGS


def make_store() -> Store[RequestContext]:
    """The store of all conversations: one for the whole application."""
    raise NotImplementedError("conversations are kept nowhere yet")


class Support(ChatKitServer[RequestContext]):
    """Says back what it was told."""

    async def respond(
        self,
        thread: ThreadMetadata,
        input_user_message: UserMessageItem | None,
        context: RequestContext,
    ) -> AsyncIterator[ThreadStreamEvent]:
        if input_user_message is None:
            return
        said = "".join(getattr(part, "text", "") for part in input_user_message.content)
        yield ThreadItemDoneEvent(
            item=AssistantMessageItem(
                id=self.store.generate_item_id("message", thread, context),
                thread_id=thread.id,
                created_at=datetime.now(),
                content=[AssistantMessageContent(text=SETTINGS.answer_prefix + said)],
            )
        )
