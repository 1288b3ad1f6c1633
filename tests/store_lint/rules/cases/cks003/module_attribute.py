import chatkit.types
import chatkit.types as ct
from chatkit import store, types
from chatkit import types as kinds

one = chatkit.types.MessageContentPart  # CKS003
two = ct.UserMessageTextContent
three = types.Store  # CKS003
four = store.Store
five = kinds.__name__


def function(part: ct.MessageContentPart, text: ct.UserMessageTextContent) -> types.Nothing:  # CKS003
    local: kinds.MessageContent = part  # CKS003
    return local


class Part(ct.ContentPart):  # CKS003
    pass
