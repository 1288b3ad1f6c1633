from dataclasses import dataclass

from chatkit.types import ThreadMetadata


@dataclass
class AssistantMessageContent:
    text: str


@dataclass
class UserMessageItem:
    content: object


def item(text: str) -> tuple[UserMessageItem, ThreadMetadata | None]:
    return UserMessageItem(content="hi"), None


def other(text: str) -> UserMessageItem:
    return UserMessageItem(content=[AssistantMessageContent(text=text)])
