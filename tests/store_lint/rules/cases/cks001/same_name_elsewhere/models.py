class Store:
    """An ORM model of a shop; chatkit's is another."""


class AttachmentStore:
    pass
