from chatkit.types import AssistantMessageContent, UserMessageTextContent


def assistant(text):
    return [AssistantMessageContent(text=text)]


def user(text):
    return [UserMessageTextContent(type="input_text", text=text)]
