from chatkit.types import ThreadItem as ChatKitItem
from chatkit_models import ThreadItem


def load(row):
    item = ThreadItem(**row)
    if isinstance(item, ThreadItem):
        return ThreadItem.model_validate(row)
    return ChatKitItem(**row)  # CKS003
