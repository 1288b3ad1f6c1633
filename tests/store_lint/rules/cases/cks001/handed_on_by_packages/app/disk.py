from app.stores import FileStore


class Disk(FileStore):  # CKS001
    pass


class FullDisk(FileStore):
    delete_attachment = print
