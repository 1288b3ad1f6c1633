from typing import Generic, TypeVar

from chatkit.store import Store
from chatkit.types import Attachment, FileAttachment, ThreadItem
from pydantic import RootModel

T = TypeVar("T")


class Mine(ThreadItem):  # CKS003
    pass


class Both(Generic[T], Attachment):  # CKS003
    pass


class Right(FileAttachment):
    pass


class Root(RootModel[ThreadItem]):
    pass


class Holder(Store[ThreadItem]):
    pass
