from typing import List

from chatkit.types import (
    AssistantMessageContent,
    AssistantMessageItem,
    UserMessageContent,
    UserMessageItem,
    UserMessageTextContent,
)


def appended(text):
    parts: list[UserMessageContent] = []
    parts.append(AssistantMessageContent(text=text))  # CKS003
    return UserMessageItem(id="1", content=parts)


def begun(text):
    parts: List[UserMessageContent] = [AssistantMessageContent(text=text)]  # CKS003
    return UserMessageItem(id="1", content=parts)


def extended(text):
    parts: list[AssistantMessageContent] = []
    parts.extend([UserMessageTextContent(type="input_text", text=text)])  # CKS003
    return AssistantMessageItem(id="1", content=parts)


def handed(parts: list[UserMessageContent], text: str):
    parts.append(AssistantMessageContent(text=text))  # CKS003
    parts.append(UserMessageTextContent(type="input_text", text=text))


def typed(blocks):
    parts: list[AssistantMessageContent] = []
    for block in blocks:
        parts.append(convert(block))
    return UserMessageItem(id="1", content=parts)  # CKS003


def right(blocks):
    parts: list[AssistantMessageContent] = []
    for block in blocks:
        parts.append(convert(block))
    other: list[AssistantMessageContent | UserMessageContent] = []
    other.append(AssistantMessageContent(text="x"))
    return AssistantMessageItem(id="1", content=parts), other


def convert(block):
    return block.made()
