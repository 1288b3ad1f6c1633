import abc
from abc import abstractmethod as required

from chatkit.store import AttachmentStore


class Complete(AttachmentStore):
    async def delete_attachment(self, attachment_id, context): ...


class Again(Complete):  # abstract: it says so
    @required
    async def delete_attachment(self, attachment_id, context): ...


class Lacks(Again):  # CKS001
    pass


class PropertyLacks(Complete):  # abstract: it says so
    @property
    @abc.abstractmethod
    def root(self): ...


class StillLacks(PropertyLacks):  # CKS001
    pass


class Has(PropertyLacks):
    root = "/"
