# not run: the packages are not installed
from chatkit.store import AttachmentStore
from somewhere import Deleting, Files
from .nowhere import Local


class First(Deleting, AttachmentStore):
    pass


class Behind(AttachmentStore, Deleting):  # CKS001
    pass


class OnlyUnknown(Files):
    pass


class LocalUnknown(Local, AttachmentStore):
    pass


class Starred(*[AttachmentStore]):
    pass


class Computed(type("Made", (AttachmentStore,), {})):
    pass
