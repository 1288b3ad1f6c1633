import dataclasses
from functools import total_ordering
from typing import final

from chatkit.store import AttachmentStore
from typing_extensions import deprecated


def plain(cls):
    cls.registered = True
    return cls


def factory(name):
    def decorate(cls):
        cls.name = name
        return cls

    return decorate


def replacing(cls):
    class Replaced(cls):
        delete_attachment = print

    return Replaced


@final
@dataclasses.dataclass
class Dataclass(AttachmentStore):  # CKS001
    path: str = "/"


@deprecated("use another")
@total_ordering
class Old(AttachmentStore):  # CKS001
    def __lt__(self, other):
        return False


@plain
class Plain(AttachmentStore):  # CKS001
    pass


@factory("disk")
class Named(AttachmentStore):  # CKS001
    pass


@replacing
class Completed(AttachmentStore):  # abstract: the decorator gives a class that is not
    pass


class ByHand(AttachmentStore):  # abstract: so it is here
    pass


ByHand = replacing(ByHand)


class PlainByHand(AttachmentStore):  # CKS001
    pass


PlainByHand = plain(PlainByHand)
