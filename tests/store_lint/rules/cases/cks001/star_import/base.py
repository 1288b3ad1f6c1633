from chatkit.store import *

__all__ = ["FileStore"]


class FileStore(AttachmentStore):  # abstract: others derive from it
    pass
