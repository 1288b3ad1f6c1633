from chatkit import types


def own(types):
    return types.MessageContentPart


def local():
    import types

    return types.SimpleNamespace


kinds = [types.MessageContentPart for types in ()]
found = (lambda types: types.MessageContentPart)(None)
wrong = types.MessageContentPart  # CKS003
