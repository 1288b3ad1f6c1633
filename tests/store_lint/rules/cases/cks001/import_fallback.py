try:
    from chatkit.store import AttachmentStore
except ImportError:
    AttachmentStore = object

try:
    from chatkit.server import Store
except ImportError:

    class Store:
        pass


class Files(AttachmentStore):  # CKS001
    pass


class Threads(Store):  # CKS001
    pass


class FineFiles(AttachmentStore):
    delete_attachment = print
