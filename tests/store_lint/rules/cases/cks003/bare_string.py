from chatkit.types import (
    AssistantMessageItem,
    HiddenContextItem,
    SDKHiddenContextItem,
    UserMessageInput,
    UserMessageItem,
)


def items(text: str, anything, data: dict):
    one = UserMessageItem(id="1", content="hi")  # CKS003
    two = AssistantMessageItem(id="1", content=f"hi {anything}")  # CKS003
    three = UserMessageItem(id="1", content=text)  # CKS003
    four = UserMessageInput(content="hi", attachments=[])  # CKS003
    five = AssistantMessageItem(id="1", content=anything)
    six = HiddenContextItem(id="1", content="hi"), SDKHiddenContextItem(id="1", content="hi")
    seven = AssistantMessageItem(id="1", content=str(anything))  # CKS003
    eight = AssistantMessageItem(id="1", content=data["content"])
    nine = AssistantMessageItem(id="1", content=text.strip() or "…")  # CKS003
    ten = AssistantMessageItem(id="1", content=None)  # CKS003
    return one, two, three, four, five, six, seven, eight, nine, ten
