from chatkit.store import AttachmentStore


class BaseFiles(AttachmentStore):  # abstract: its name says so
    pass


class FilesMixin(AttachmentStore):  # abstract: its name says so
    pass


class _AbstractFiles(AttachmentStore):  # abstract: its name says so
    pass


class BasementFiles(AttachmentStore):  # CKS001
    pass


class FilesDataBase(AttachmentStore):  # CKS001
    pass


class BaseMade(AttachmentStore):  # CKS001
    pass


def main():
    return BaseMade()
