from base import *


class DiskStore(FileStore):  # CKS001
    pass


class CloudStore(FileStore):
    delete_attachment = print
