from abc import ABC, ABCMeta, abstractmethod

from chatkit.store import AttachmentStore


class WithOwn(AttachmentStore):  # abstract: it says so
    @abstractmethod
    def path(self, attachment_id): ...


class WithAbc(AttachmentStore, ABC):  # abstract: it says so
    pass


class WithMeta(AttachmentStore, metaclass=ABCMeta):  # abstract: it says so
    pass


class Redeclares(AttachmentStore):  # abstract: it says so
    @abstractmethod
    async def delete_attachment(self, attachment_id, context): ...


class AbcMade(AttachmentStore, ABC):  # CKS001
    pass


class OwnMade(AttachmentStore):  # CKS001
    @property
    @abstractmethod
    def path(self): ...


def main():
    AbcMade()


def other():
    OwnMade()


class Complete(WithOwn):
    def path(self, attachment_id): ...

    async def delete_attachment(self, attachment_id, context): ...


class LacksOwn(WithOwn):  # CKS001
    async def delete_attachment(self, attachment_id, context): ...
