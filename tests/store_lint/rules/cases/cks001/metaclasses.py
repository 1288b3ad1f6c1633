from abc import ABCMeta

from chatkit.store import AttachmentStore


class Singleton(ABCMeta):
    _instances = {}

    def __call__(cls, *args, **kwargs):
        if cls not in cls._instances:
            cls._instances[cls] = super().__call__(*args, **kwargs)
        return cls._instances[cls]


class Filling(ABCMeta):
    def __new__(mcs, name, bases, body, **kwargs):
        return super().__new__(mcs, name, bases, {**body, "delete_attachment": print}, **kwargs)


class Once(AttachmentStore, metaclass=Singleton):  # CKS001
    pass


class Filled(AttachmentStore, metaclass=Filling):
    pass


class OnceComplete(AttachmentStore, metaclass=Singleton):
    delete_attachment = print
