from chatkit.store import AttachmentStore


class Lacks(AttachmentStore):  # CKS001
    pass


class Complete(AttachmentStore):
    delete_attachment = print


assert Lacks.__abstractmethods__ == {"delete_attachment"}
assert not Complete.__abstractmethods__
