# not run: the packages need not be installed
import attrs
from chatkit.store import AttachmentStore
from unknown_package import register


@attrs.define
class Attrs(AttachmentStore):  # CKS001
    path: str = "/"


@register
class Unknown(AttachmentStore):
    pass


@register("disk")
class UnknownFactory(AttachmentStore):
    pass


class ByHand(AttachmentStore):
    pass


ByHand = register(ByHand)
