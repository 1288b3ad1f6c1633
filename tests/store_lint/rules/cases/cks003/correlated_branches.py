from chatkit.types import AssistantMessageContent, AssistantMessageItem, UserMessageItem, UserMessageTextContent


def by_role(role, text):
    if role == "user":
        content = [UserMessageTextContent(type="input_text", text=text)]
    else:
        content = [AssistantMessageContent(text=text)]
    if role == "user":
        return UserMessageItem(id="1", content=content)
    return AssistantMessageItem(id="1", content=content)


def by_flag(message):
    is_user = message.role == "user"
    parts = []
    if is_user:
        parts.append(UserMessageTextContent(type="input_text", text=message.text))
    else:
        parts.append(AssistantMessageContent(text=message.text))
    return UserMessageItem(id="1", content=parts) if is_user else AssistantMessageItem(id="1", content=parts)


def by_helper(role, text):
    content = make(role, text)
    if role == "user":
        return UserMessageItem(id="1", content=content)
    return AssistantMessageItem(id="1", content=content)


def make(role, text):
    if role == "user":
        return [UserMessageTextContent(type="input_text", text=text)]
    return [AssistantMessageContent(text=text)]


def build(role, content):
    if role == "user":
        return UserMessageItem(id="1", content=content)
    return AssistantMessageItem(id="1", content=content)


def callers(row, text):
    return build(row["role"], make(row["role"], text)), build("user", make("user", text))


def without_condition(role, text):
    if role == "user":
        content = [UserMessageTextContent(type="input_text", text=text)]
    else:
        content = [AssistantMessageContent(text=text)]
    return UserMessageItem(id="1", content=content)  # CKS003
