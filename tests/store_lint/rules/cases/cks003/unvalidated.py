from chatkit.types import (
    AssistantMessageContent,
    AssistantMessageItem,
    ThreadItem,
    UserMessageItem,
    UserMessageTextContent,
)


def assign(user: UserMessageItem, assistant: AssistantMessageItem, item: ThreadItem, text: str):
    user.content = "hi"  # CKS003
    user.content = [AssistantMessageContent(text=text)]  # CKS003
    user.content = [UserMessageTextContent(type="input_text", text=text)]
    item.content = "hi"
    user.content.append(AssistantMessageContent(text=text))  # CKS003
    assistant.content.append(AssistantMessageContent(text=text))
    assistant.content.append(text)  # CKS003
    if isinstance(item, AssistantMessageItem):
        item.content = [UserMessageTextContent(type="input_text", text=text)]  # CKS003


def copy(user: UserMessageItem, text: str):
    one = user.model_copy(update={"content": "hi"})  # CKS003
    two = user.model_copy(update={"content": [UserMessageTextContent(type="input_text", text=text)]})
    three = UserMessageItem.model_construct(content="hi")
    return one, two, three


def crossed(user: UserMessageItem, assistant: AssistantMessageItem):
    one = UserMessageItem(id="1", content=assistant.content)  # CKS003
    two = UserMessageItem(id="1", content=user.content)
    three = AssistantMessageItem(id="1", content=[*user.content])  # CKS003
    return one, two, three
