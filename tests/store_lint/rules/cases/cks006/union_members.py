from datetime import datetime, timezone

from chatkit.types import AssistantMessageItem, Attachment, ClientToolCallItem, ThreadItem, UserMessageItem

now = datetime.now(timezone.utc)

def some_have_it(item: ThreadItem, attachment: Attachment):
    item.content
    item.arguments
    item.role  # CKS006
    attachment.preview_url
    attachment.size  # CKS006


def narrowed(item: ThreadItem):
    if isinstance(item, UserMessageItem):
        item.attachments
        item.arguments  # CKS006
    elif isinstance(item, (AssistantMessageItem, ClientToolCallItem)):
        item.arguments
        item.attachments  # CKS006


def narrowed_by_match(item: ThreadItem):
    match item:
        case ClientToolCallItem():
            return item.result  # CKS006
        case UserMessageItem(content=content):
            return content
        case _:
            return item.attachments


def narrowed_by_whole_classes(item: ThreadItem):
    match item:
        case UserMessageItem():
            return item.attachments
        case _:
            return item.attachments  # CKS006


def narrowed_to_the_rest(item: UserMessageItem | ClientToolCallItem):
    if not isinstance(item, UserMessageItem):
        return item.attachments  # CKS006
    return item.attachments
