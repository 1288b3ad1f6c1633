import parts
from chatkit.types import AssistantMessageItem, UserMessageItem
from parts import assistant


def items(text):
    one = UserMessageItem(id="1", content=assistant(text))  # CKS003
    two = UserMessageItem(id="1", content=parts.user(text))
    return one, two, AssistantMessageItem(id="1", content=parts.user(text))  # CKS003
