# a chatkit store
import kinds
from kinds import Attachment, Item, Thing


def load(row):
    return Item(**row)  # CKS003


def load_thing(row):
    return kinds.Thing(**row)  # CKS003


def load_attachment(row):
    if isinstance(row, Attachment):  # CKS003
        return row
    return Thing.model_validate(row)  # CKS003
