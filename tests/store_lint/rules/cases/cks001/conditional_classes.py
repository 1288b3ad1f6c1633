import sys

from chatkit.store import AttachmentStore

if sys.version_info >= (3, 8):

    class NewFiles(AttachmentStore):  # CKS001
        pass

else:

    class OldFiles(AttachmentStore):
        delete_attachment = print


try:

    class Tried(AttachmentStore):  # CKS001
        pass
finally:
    pass


def made(base=AttachmentStore):
    class Made(base):  # abstract: what `base` is, the caller says
        pass

    class MadeHere(AttachmentStore):  # CKS001
        pass

    return Made, MadeHere


made()


class Outer:
    class Inner(AttachmentStore):  # CKS001
        pass

    class Fine(AttachmentStore):
        delete_attachment = print
