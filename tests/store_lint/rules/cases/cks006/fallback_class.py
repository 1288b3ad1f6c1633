try:
    from chatkit.types import ThreadMetadata
except ImportError:

    class ThreadMetadata:
        def __init__(self, **fields):
            self.__dict__.update(fields)


ThreadMetadata(id="x", created_at=1, updated_at=1)  # CKS006
ThreadMetadata(id="x", created_at=1)
