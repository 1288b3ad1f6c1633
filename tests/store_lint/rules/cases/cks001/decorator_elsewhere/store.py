import tools
from chatkit.store import AttachmentStore
from tools import counted


@tools.concrete
class Cleared(AttachmentStore):
    pass


@counted
class Counted(AttachmentStore):  # CKS001
    pass
