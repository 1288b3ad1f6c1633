from chatkit.store import AttachmentStore; import os  # noqa: E702, F401


class Lacks(AttachmentStore): pass  # CKS001


class Has(AttachmentStore): delete_attachment = print


class Dots(AttachmentStore): ...  # CKS001
