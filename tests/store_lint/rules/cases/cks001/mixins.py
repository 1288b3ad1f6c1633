from chatkit.store import AttachmentStore


class Deletes:
    async def delete_attachment(self, attachment_id, context): ...


class Renames:
    async def rename_attachment(self, attachment_id, context): ...


class Before(Deletes, AttachmentStore):
    pass


class Behind(AttachmentStore, Deletes):  # CKS001
    pass


class Without(Renames, AttachmentStore):  # CKS001
    pass


class Delegating(AttachmentStore, Deletes):
    delete_attachment = Deletes.delete_attachment
