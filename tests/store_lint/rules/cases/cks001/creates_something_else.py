from chatkit.store import AttachmentStore


class _Files:
    pass


class Redirects(AttachmentStore):  # abstract: calling it gives something else
    def __new__(cls):
        return _Files()


class Singleton(AttachmentStore):  # CKS001
    _instance = None

    def __new__(cls):
        if cls._instance is None:
            cls._instance = super().__new__(cls)
        return cls._instance


class RedirectsByObject(AttachmentStore):  # abstract: calling it gives something else
    def __new__(cls):
        return object.__new__(_Files)
