from chatkit.store import AttachmentStore


class Files(AttachmentStore):  # abstract: another class derives from it
    pass


class MadeFiles(AttachmentStore):  # CKS001
    pass


class Unused(AttachmentStore):  # CKS001
    pass
