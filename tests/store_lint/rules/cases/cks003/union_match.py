import chatkit.types as types
from chatkit.types import AssistantMessageItem, ThreadItem, ThreadItemUpdate, UserMessageItem


def text(item):
    match item:
        case UserMessageItem(content=[first, *_]) | AssistantMessageItem(content=[first, *_]):
            return first.text
        case ThreadItem(id=id):  # CKS003
            return id
        case {"item": types.ThreadItem()}:  # CKS003
            return item
        case ThreadItemUpdate():  # CKS003
            return item


def captured(pair):
    match pair:
        case (ThreadItem, other):
            return ThreadItem(other)
