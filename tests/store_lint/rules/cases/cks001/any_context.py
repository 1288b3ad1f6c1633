from dataclasses import dataclass
from typing import Annotated, Generic, Optional, TypeVar, Union

from chatkit.store import AttachmentStore

T = TypeVar("T")


@dataclass
class Context:
    user: str


class A(AttachmentStore[Context]):  # CKS001
    pass


class B(AttachmentStore[Optional[Context]]):  # CKS001
    pass


class C(AttachmentStore[Union[Context, None]]):  # CKS001
    pass


class D(AttachmentStore["list[Context]"]):  # CKS001
    pass


class E(AttachmentStore[Annotated[Context, "x"]]):  # CKS001
    pass


class F(AttachmentStore[T], Generic[T]):  # CKS001
    pass


class G(AttachmentStore[T]):
    async def delete_attachment(self, attachment_id, context: T): ...
