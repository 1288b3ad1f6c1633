import json
from typing import TYPE_CHECKING, Annotated, Any, Literal, Union

from chatkit.types import (
    AssistantMessageContent,
    AssistantMessageItem,
    Attachment,
    CustomTask,
    HiddenContextItem,
    ThreadItem,
    ThreadStreamEvent,
    UserMessageContent,
    UserMessageItem,
    UserMessageTextContent,
    WidgetItem,
    Workflow,
    WorkflowItem,
)
from pydantic import BaseModel, Field, TypeAdapter

ThreadItemAdapter = TypeAdapter(ThreadItem)
MyItem = Annotated[Union[UserMessageItem, AssistantMessageItem], Field(discriminator="type")]


def trusted_1(row):
    return MyItem(**row)


class Wrapper(BaseModel):
    item: ThreadItem
    content: list[UserMessageContent] | str = ""


def trusted_2(row):
    w = Wrapper(item=row, content="hi")
    w.content = "hi"
    return w.item.id


def trusted_3(items: list[ThreadItem], kind: type[ThreadItem]):
    return [i for i in items if isinstance(i, UserMessageItem)], kind(id="1")


def trusted_4(row, registry: dict):
    ThreadItem = registry["item"]
    return ThreadItem(**row), ThreadItem.model_validate(row)


def trusted_5(row):
    for ThreadItem in (UserMessageItem, AssistantMessageItem):
        return ThreadItem(**row)


def trusted_6(row):
    with open("x") as Attachment:
        return Attachment.read(), Attachment(1)


def trusted_7(row):
    try:
        pass
    except Exception as Attachment:
        return Attachment.args


def trusted_8(role: Literal["user", "assistant"], text: str):
    match role:
        case "user":
            content = [UserMessageTextContent(text=text)]
        case _:
            content = [AssistantMessageContent(text=text)]
    match role:
        case "user":
            return UserMessageItem(id="1", content=content)
        case _:
            return AssistantMessageItem(id="1", content=content)


def trusted_9(message):
    builders = {
        "user": lambda c: UserMessageItem(id="1", content=c),
        "assistant": lambda c: AssistantMessageItem(id="1", content=c),
    }
    return builders[message.role](message.content)


def trusted_10(text):
    content: Any = text
    return HiddenContextItem(id="1", content="text"), WidgetItem(id="1", widget="x")


def trusted_11(item: UserMessageItem | AssistantMessageItem):
    cls = type(item)
    return cls(id="2", content=item.content)


def trusted_12(item: UserMessageItem | AssistantMessageItem):
    if item.type == "user_message":
        return UserMessageItem(id="2", content=item.content)
    return AssistantMessageItem(id="2", content=item.content)


def trusted_13(rows):
    by = {}
    for row in rows:
        by.setdefault(row.id, []).append(
            AssistantMessageContent(text="x") if row.a else UserMessageTextContent(text="y")
        )
    return [UserMessageItem(id=k, content=v) for k, v in by.items() if k.startswith("u")]


def trusted_14(data):
    content = data.get("content", [])
    if isinstance(content, str):
        content = [{"type": "input_text", "text": content}]
    elif isinstance(content, dict):
        content = [content]
    return UserMessageItem(id="1", content=content)


def trusted_15(data, content=None, text=""):
    content = content or [UserMessageTextContent(text=text)]
    return UserMessageItem(id="1", content=content)


def trusted_16(parts: list[UserMessageContent | AssistantMessageContent]):
    users = [p for p in parts if isinstance(p, UserMessageTextContent)]
    others = [p for p in parts if not isinstance(p, UserMessageTextContent)]
    return UserMessageItem(id="1", content=users), AssistantMessageItem(id="1", content=others)


def trusted_17(s: str):
    raw = json.loads(s)
    raw["type"] = "text"
    return UserMessageTextContent(**raw)


def trusted_18(flag: bool):
    kind = "user_message" if flag else "assistant_message"
    part = {"type": "input_text" if flag else "output_text", "text": "x"}
    return ThreadItemAdapter.validate_python({"type": kind, "content": [part]})


def trusted_19(flag, text):
    part = {"type": "input_text", "text": text}
    if not flag:
        part["type"] = "output_text"
    if flag:
        return UserMessageItem(id="1", content=[part])
    return AssistantMessageItem(id="1", content=[part])


class Converter:
    ITEM = UserMessageItem
    PART = UserMessageTextContent

    def make(self, text):
        return self.ITEM(id="1", content=[self.PART(text=text)])


class Other(Converter):
    ITEM = AssistantMessageItem
    PART = AssistantMessageContent


def trusted_20(event: ThreadStreamEvent):
    return event.type, WorkflowItem(id="1", workflow=Workflow(type="custom", tasks=[CustomTask(title="x")]))


def trusted_21(content):
    if not isinstance(content, list):
        content = str(content)
    return UserMessageItem(
        id="1", content=content if isinstance(content, list) else [UserMessageTextContent(text=content)]
    )


if TYPE_CHECKING:
    Alias = ThreadItem


def trusted_22(items, extra: "ThreadItem"):
    return sorted(items, key=lambda ThreadItem: ThreadItem.created_at), {**{"a": 1}}, extra.id


def trusted_23(text):
    s = UserMessageTextContent(text=text)
    s.type = "input_text"
    return s
