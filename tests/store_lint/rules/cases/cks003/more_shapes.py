from functools import partial

import pydantic
from chatkit.types import (
    AssistantMessageContent,
    AssistantMessageItem,
    Attachment,
    ThreadItem,
    UserMessageItem,
    UserMessageTextContent,
)
from pydantic import TypeAdapter


def wrong_1(rows):
    return [ThreadItem.model_validate(r) for r in rows]  # CKS003


def wrong_2(item):
    return any(isinstance(i, ThreadItem) for i in item)  # CKS003


def wrong_3(item):
    assert isinstance(item, Attachment), "no"  # CKS003


def wrong_4(item):
    while not isinstance(item, ThreadItem):  # CKS003
        pass


def wrong_5(row):
    return (lambda: Attachment(**row))()  # CKS003


def wrong_6(row):
    return TypeAdapter(ThreadItem).validate_python(
        {"type": "user_message", "content": [{"type": "text", "text": "x"}]}  # CKS003
    )


def wrong_7(text):
    kw = dict(id="1", content=text + "!")
    kw["content"] = f"{text}"
    return UserMessageItem(**kw)  # CKS003


def wrong_8(text):
    return UserMessageItem(id="1", content=[UserMessageTextContent(text=text), "x"])  # CKS003


def wrong_9(text):
    return UserMessageItem(id="1", content=("x",))  # CKS003


async def wrong_10(text):
    async for x in text:
        yield UserMessageItem(id="1", content=b"x")  # CKS003


def wrong_11(text):
    i = UserMessageItem(id="1", content=[])
    i.content = text.upper() + "x" if isinstance(text, str) else "y"  # CKS003
    i.content += [AssistantMessageContent(text="x")]  # CKS003


def wrong_12(u: UserMessageItem):
    return AssistantMessageItem(id="1", content=[*u.content])  # CKS003


def wrong_13(u: UserMessageItem):
    return AssistantMessageItem(id="1", content=[p for p in u.content])  # CKS003


def wrong_14(u: UserMessageItem):
    return AssistantMessageItem(id="1", content=[u.content[0]])  # CKS003


def wrong_15(u: UserMessageItem):
    return UserMessageItem.model_validate({**u.model_dump(), "content": "x"})  # CKS003


def wrong_16(row):
    return pydantic.TypeAdapter(Attachment)(row), Attachment.model_rebuild()  # CKS003


def wrong_17(row):
    setattr(row, "item", ThreadItem(**row))  # CKS003
    return {"item": ThreadItem(**row)}  # CKS003


def wrong_18(row):
    return partial(Attachment, id="1"), partial(UserMessageItem, content="x")


def wrong_19(text):
    return AssistantMessageItem(id="1", content=[AssistantMessageContent(text=text, type="input_text")])  # CKS003
