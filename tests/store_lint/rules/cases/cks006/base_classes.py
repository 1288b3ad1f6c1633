from datetime import datetime, timezone

from chatkit.types import ThreadItemBase, ThreadMetadata, UserMessageItem

now = datetime.now(timezone.utc)

def any_item(item: ThreadItemBase):
    item.content
    item.role  # CKS006
    if isinstance(item, UserMessageItem):
        item.arguments  # CKS006


def without_items(thread: ThreadMetadata):
    return thread.items  # CKS006
