from chatkit.store import AttachmentStore


class Files(AttachmentStore):
    delete_attachment = print


class Other(AttachmentStore):
    async def delete_attachment(self, attachment_id, context): ...

    delete_attachment = None
