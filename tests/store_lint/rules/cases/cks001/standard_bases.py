import threading
from collections import UserDict
from typing import Generic, Protocol, TypeVar

from chatkit.store import AttachmentStore

T = TypeVar("T")


class Locked(threading.local, AttachmentStore):  # CKS001
    pass


class Mapping(UserDict, AttachmentStore):  # CKS001
    pass


class Typed(AttachmentStore, Generic[T]):  # CKS001
    pass


class Plain(AttachmentStore, object):  # CKS001
    pass


class Complete(UserDict, AttachmentStore):
    delete_attachment = print
