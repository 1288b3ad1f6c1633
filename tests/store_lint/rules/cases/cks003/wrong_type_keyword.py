from chatkit.types import (
    ActiveStatus,
    AssistantMessageContent,
    LockedStatus,
    UserMessageItem,
    UserMessageTextContent,
    Workflow,
)

KIND = "text"


def parts(text, kind):
    one = UserMessageTextContent(type="text", text=text)  # CKS003
    two = UserMessageTextContent(type="input_text", text=text)
    three = AssistantMessageContent(type="text", text=text)  # CKS003
    four = AssistantMessageContent(text=text), AssistantMessageContent(type=kind, text=text)
    five = AssistantMessageContent(type=KIND, text=text)  # CKS003
    six = LockedStatus(type="active"), ActiveStatus(type="active")  # CKS003
    seven = UserMessageItem(type="user", id="1")  # CKS003
    eight = Workflow(type="steps", tasks=[]), Workflow(type="custom", tasks=[])  # CKS003
    nine = UserMessageTextContent(**{"type": "text", "text": text})  # CKS003
    return one, two, three, four, five, six, seven, eight, nine
