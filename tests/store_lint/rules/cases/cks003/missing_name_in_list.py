from chatkit.types import (
    AssistantMessageItem,
    MessageContent,  # CKS003
    Page,
    ThreadInfo,  # CKS003
    UserMessageItem,
)

__all__ = ["AssistantMessageItem", "MessageContent", "Page", "ThreadInfo", "UserMessageItem"]
