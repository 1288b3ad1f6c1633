from chatkit.types import AssistantMessageContent, AssistantMessageItem, UserMessageItem, UserMessageTextContent


def appended(texts):
    parts = []
    for text in texts:
        parts.append(AssistantMessageContent(text=text))
    return UserMessageItem(id="1", content=parts)  # CKS003


def extended(texts):
    parts = []
    parts.extend([AssistantMessageContent(text=text) for text in texts])
    return UserMessageItem(id="1", content=parts)  # CKS003


def added(text):
    parts = []
    parts += [AssistantMessageContent(text=text)]
    return UserMessageItem(id="1", content=parts)  # CKS003


def concatenated(text):
    first = [UserMessageTextContent(type="input_text", text=text)]
    return UserMessageItem(id="1", content=first + [AssistantMessageContent(text=text)])  # CKS003


def inserted(text):
    parts = [UserMessageTextContent(type="input_text", text=text)]
    parts.insert(0, AssistantMessageContent(text=text))
    return UserMessageItem(id="1", content=parts)  # CKS003


def right(texts):
    parts = []
    for text in texts:
        parts.append(AssistantMessageContent(text=text))
    return AssistantMessageItem(id="1", content=parts)


def cleared(text):
    parts = [AssistantMessageContent(text=text)]
    first = AssistantMessageItem(id="1", content=parts)
    parts = []
    parts.append(UserMessageTextContent(type="input_text", text=text))
    return first, UserMessageItem(id="2", content=parts)
