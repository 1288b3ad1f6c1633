from chatkit.store import AttachmentStore

__all__ = ("Files",)


class Files(AttachmentStore):  # abstract: others derive from it
    pass
