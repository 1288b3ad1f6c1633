from chatkit.types import AssistantMessageContent, AssistantMessageItem, UserMessageItem, UserMessageTextContent


def wrong(text):
    part = AssistantMessageContent(text=text)
    content = [part]
    return UserMessageItem(id="1", content=content)  # CKS003


def right(text):
    part = AssistantMessageContent(text=text)
    part = UserMessageTextContent(type="input_text", text=part.text)
    content = [part]
    return UserMessageItem(id="1", content=content)


def copied(text):
    content = [AssistantMessageContent(text=text)]
    other = content.copy()
    one = UserMessageItem(id="1", content=other[:1])  # CKS003
    two = UserMessageItem(id="1", content=list(content))  # CKS003
    three = UserMessageItem(id="1", content=[*content])  # CKS003
    return one, two, three, AssistantMessageItem(id="1", content=tuple(content))


CONTENT = [AssistantMessageContent(text="hi")]


def walrus(text):
    return UserMessageItem(id="1", content=(parts := [AssistantMessageContent(text=text)])), parts  # CKS003
