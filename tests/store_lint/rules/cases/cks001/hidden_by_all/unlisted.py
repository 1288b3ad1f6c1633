from chatkit.store import AttachmentStore as _Store


class Unlisted(_Store):  # abstract: others derive from it
    pass
