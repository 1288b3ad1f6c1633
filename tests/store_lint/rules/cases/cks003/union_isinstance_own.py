from chatkit.types import ThreadItem


def isinstance_of(thing):
    def isinstance(thing, kind):
        return kind

    return isinstance(thing, ThreadItem)


def plain(thing):
    return isinstance(thing, ThreadItem)  # CKS003
