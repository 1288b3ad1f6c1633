import chatkit.store
from models import AttachmentStore, Store


class Shop(Store):
    pass


class Files(AttachmentStore):
    pass


class ChatFiles(chatkit.store.AttachmentStore):  # CKS001
    pass
