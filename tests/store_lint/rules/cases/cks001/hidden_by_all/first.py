from chatkit.store import AttachmentStore

__all__ = ["Public"]


class Public(AttachmentStore):  # abstract: others derive from it
    pass


class Files(AttachmentStore):  # CKS001
    pass


class _Private(AttachmentStore):  # CKS001
    pass
