from chatkit.store import AttachmentStore


class Files(AttachmentStore):  # abstract: a test makes it concrete, so it is a base
    pass


class Disk(AttachmentStore):  # CKS001
    pass
