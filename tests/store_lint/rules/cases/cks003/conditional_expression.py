from chatkit.types import AssistantMessageContent, UserMessageItem, UserMessageTextContent


def choose(text, assistant):
    return UserMessageItem(
        id="1",
        content=[AssistantMessageContent(text=text)]  # CKS003
        if assistant
        else [UserMessageTextContent(type="input_text", text=text)],
    )


def inner(text, assistant):
    part = AssistantMessageContent(text=text) if assistant else None
    return UserMessageItem(id="1", content=[part or UserMessageTextContent(type="input_text", text=text)])  # CKS003


def default(text, given):
    if given is None:
        given = [UserMessageTextContent(type="input_text", text=text)]
    return UserMessageItem(id="1", content=given)


def normalized(content):
    if isinstance(content, str):
        content = [UserMessageTextContent(type="input_text", text=content)]
    return UserMessageItem(id="1", content=content)


def normalized_typed(content: str | list):
    if isinstance(content, str):
        return UserMessageItem(id="1", content=content)  # CKS003
    return UserMessageItem(id="1", content=content)
