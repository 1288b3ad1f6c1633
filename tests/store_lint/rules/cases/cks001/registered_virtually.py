from chatkit.store import AttachmentStore


@AttachmentStore.register
class Virtual:
    pass


class Real(AttachmentStore):  # CKS001
    pass


AttachmentStore.register(dict)
