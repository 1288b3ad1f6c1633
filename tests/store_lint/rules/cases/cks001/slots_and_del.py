from chatkit.store import AttachmentStore


class HasASlot(AttachmentStore):
    __slots__ = ("delete_attachment",)


class HasAnotherSlot(AttachmentStore):  # CKS001
    __slots__ = ("root",)


class Deletes(AttachmentStore):  # CKS001
    async def delete_attachment(self, attachment_id, context): ...

    del delete_attachment


class DefinesAgain(AttachmentStore):
    async def delete_attachment(self, attachment_id, context): ...

    kept = delete_attachment
    del delete_attachment
    delete_attachment = kept


assert not HasASlot.__abstractmethods__
assert HasAnotherSlot.__abstractmethods__ == {"delete_attachment"}
assert Deletes.__abstractmethods__ == {"delete_attachment"}
assert not DefinesAgain.__abstractmethods__
