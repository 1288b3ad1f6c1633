from functools import partialmethod

from chatkit.store import AttachmentStore, Store


async def _delete(self, attachment_id, context): ...


class ByName(AttachmentStore):
    delete_attachment = _delete


class ByLambda(AttachmentStore):
    delete_attachment = lambda self, attachment_id, context: None  # noqa: E731


class ByPartial(AttachmentStore):
    delete_attachment = partialmethod(_delete)


class ByTuple(AttachmentStore):
    delete_attachment, other = _delete, _delete


class ByAnnotation(AttachmentStore):
    delete_attachment: object = _delete


class OnlyAnnotated(AttachmentStore):  # CKS001
    delete_attachment: object


class Inherits(AttachmentStore):  # CKS001
    delete_attachment = AttachmentStore.delete_attachment


class FromAnother(AttachmentStore):
    delete_attachment = ByName.delete_attachment


class Afterwards(AttachmentStore):  # CKS001
    pass


Afterwards.delete_attachment = _delete


class InInit(AttachmentStore):  # CKS001
    def __init__(self):
        self.delete_attachment = _delete


class Both(Store):
    async def load_thread(self, thread_id, context): ...
    async def save_thread(self, thread, context): ...
    async def load_thread_items(self, thread_id, after, limit, order, context): ...
    async def save_attachment(self, attachment, context): ...
    async def load_attachment(self, attachment_id, context): ...
    async def delete_attachment(self, attachment_id, context): ...
    async def load_threads(self, limit, after, order, context): ...
    async def add_thread_item(self, thread_id, item, context): ...
    async def load_item(self, thread_id, item_id, context): ...
    async def delete_thread(self, thread_id, context): ...
    async def delete_thread_item(self, thread_id, item_id, context): ...
    save_item = add_thread_item
