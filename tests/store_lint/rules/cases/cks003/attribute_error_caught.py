import chatkit.types as types

try:
    Part = types.MessageContentPart
except AttributeError:
    Part = types.UserMessageTextContent

try:
    Data = types.ThreadData  # CKS003
except KeyError:
    Data = None
