from chatkit import types
from chatkit.types import AssistantMessageContent, AssistantMessageItem, UserMessageTextContent


def item(text, common):
    one = AssistantMessageItem(
        content=[UserMessageTextContent(type="input_text", text=text)], **common  # CKS003
    )
    two = AssistantMessageItem(content=[AssistantMessageContent(text=text)], **common)
    three = types.AssistantMessageItem(
        content=[types.UserMessageTextContent(type="input_text", text=text)], **common  # CKS003
    )
    return one, two, three
