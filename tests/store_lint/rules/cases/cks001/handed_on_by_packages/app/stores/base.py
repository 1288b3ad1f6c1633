from chatkit.store import AttachmentStore as Files


class BaseFiles(Files):  # abstract: others derive from it
    pass
