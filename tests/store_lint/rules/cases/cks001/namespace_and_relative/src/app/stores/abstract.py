from chatkit.store import AttachmentStore


class FileStore(AttachmentStore):  # abstract: others derive from it
    pass
