from __future__ import annotations
import chatkit.types
import chatkit.types as ct
from chatkit.types import (
    ThreadItem,
    UserMessageItem,
    AssistantMessageItem,
    UserMessageTextContent,
    AssistantMessageContent,
    Attachment,
    InferenceOptions,
)
from typing import TypeVar, get_args
import typing as t

T = TypeVar("T", bound=ThreadItem)
Items = t.List[ThreadItem]


def trusted_1(x: ct.ThreadItem) -> "ct.ThreadItem":
    return x


def trusted_2(x):
    """ThreadItem(**row) and MessageContentPart"""
    return isinstance(x, (get_args(ThreadItem)[0],))


def trusted_3(x):
    return type(x) in get_args(get_args(ThreadItem)[0])


def trusted_4():
    return {ThreadItem: 1, "k": Attachment}


def trusted_5(cls=ThreadItem):
    return cls


def trusted_6(cls):
    if cls is ThreadItem:
        return 1
    return cls(id="1")


class C:
    ThreadItem = UserMessageItem

    def m(self):
        return self.ThreadItem(id="1"), C.ThreadItem.model_validate({})

    def k(self):
        return ThreadItem


def trusted_7(text, user):
    part = UserMessageTextContent if user else AssistantMessageContent
    item = UserMessageItem if user else AssistantMessageItem
    return item(id="1", content=[part(text=text)])


def trusted_8(text, is_user=True):
    if is_user:
        c = UserMessageTextContent(text=text)
    else:
        c = AssistantMessageContent(text=text)
    if not is_user:
        return AssistantMessageItem(id="1", content=[c])
    return UserMessageItem(id="1", content=[c])


def trusted_9(rows):
    pending = None
    for row in rows:
        if row.kind == "u":
            pending = UserMessageTextContent(text=row.text)
            yield UserMessageItem(id="1", content=[pending])
        else:
            pending = AssistantMessageContent(text=row.text)
            yield AssistantMessageItem(id="1", content=[pending])


def trusted_10(rows):
    parts = []
    for row in rows:
        if row.flush:
            yield UserMessageItem(id="1", content=parts)
            parts = []
        parts.append(UserMessageTextContent(text=row.text))


def trusted_11(text):
    try:
        content = [UserMessageTextContent(text=text)]
    except ValueError:
        content = None
    if content is not None:
        return UserMessageItem(id="1", content=content)


def trusted_12(data):
    content = data["content"]
    text = content if isinstance(content, str) else ""
    return UserMessageItem(id="1", content=[UserMessageTextContent(text=text)])


def trusted_13(kind, text):
    table = {
        "user": (UserMessageItem, UserMessageTextContent),
        "assistant": (AssistantMessageItem, AssistantMessageContent),
    }
    item, part = table[kind]
    return item(id="1", content=[part(text=text)])


def trusted_14(rows, text):
    def part(row):
        if row.role == "user":
            return UserMessageTextContent(text=text)
        return AssistantMessageContent(text=text)

    def item(row):
        if row.role == "user":
            return UserMessageItem(id="1", content=[part(row)])
        return AssistantMessageItem(id="1", content=[part(row)])

    return [item(r) for r in rows]


class Builder:
    def __init__(self, role):
        self.role = role
        self.parts = []

    def add(self, text):
        if self.role == "user":
            self.parts.append(UserMessageTextContent(text=text))
        else:
            self.parts.append(AssistantMessageContent(text=text))

    def build(self):
        if self.role == "user":
            return UserMessageItem(id="1", content=self.parts)
        return AssistantMessageItem(id="1", content=self.parts)


def trusted_15(item: UserMessageItem, text):
    item.content = item.content + [UserMessageTextContent(text=text)]
    item.content.extend(UserMessageTextContent(text=t) for t in text)
    item.content[0] = UserMessageTextContent(text=text)
    return item.model_copy(update={"content": item.content})


def trusted_16(item):
    item.content = "x"
    return item


def trusted_17(message: UserMessageItem, store):
    text = message.content[0].text if message.content else ""
    return AssistantMessageItem(id="1", content=[AssistantMessageContent(text=text)])


def trusted_18(**kwargs):
    kwargs.setdefault("content", "hi")
    return UserMessageItem(**kwargs)


def trusted_19(text):
    payload = {"type": "message", "content": "hi"}
    return UserMessageItem(id="1", content=[UserMessageTextContent(text=payload["content"])])


def trusted_20(text: str | list[UserMessageTextContent]):
    return UserMessageItem(id="1", content=text if not isinstance(text, str) else [UserMessageTextContent(text=text)])


def trusted_21(text: str | None):
    if text:
        content = [UserMessageTextContent(text=text)]
    else:
        content = []
    return UserMessageItem(id="1", content=content)


def trusted_22(is_assistant: bool, text: str):
    content = text
    if not is_assistant:
        content = [UserMessageTextContent(text=text)]
    if is_assistant:
        content = [AssistantMessageContent(text=content)]
        return AssistantMessageItem(id="1", content=content)
    return UserMessageItem(id="1", content=content)


def trusted_23(value):
    match value:
        case str():
            content = [UserMessageTextContent(text=value)]
        case list():
            content = value
        case _:
            raise TypeError
    return UserMessageItem(id="1", content=content)


def trusted_24(value: str | list):
    match value:
        case str():
            value = [UserMessageTextContent(text=value)]
    return UserMessageItem(id="1", content=value)


def trusted_25(value="hi"):
    if isinstance(value, str):
        value = [UserMessageTextContent(text=value)]
    return UserMessageItem(id="1", content=value)
