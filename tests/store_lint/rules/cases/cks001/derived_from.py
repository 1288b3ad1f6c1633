from chatkit.store import AttachmentStore


class Files(AttachmentStore):  # abstract: another class derives from it
    pass


class Disk(Files):
    delete_attachment = print


class MadeFiles(AttachmentStore):  # CKS001
    pass


class Cloud(MadeFiles):
    delete_attachment = print


def main():
    Disk()
    MadeFiles()
