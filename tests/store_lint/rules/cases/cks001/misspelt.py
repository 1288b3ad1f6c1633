from chatkit.store import AttachmentStore


class Renamed(AttachmentStore):  # CKS001
    async def delete_attachments(self, attachment_id, context): ...


class Private(AttachmentStore):  # CKS001
    async def _delete_attachment(self, attachment_id, context): ...


class InAFunction(AttachmentStore):  # CKS001
    def make(self):
        async def delete_attachment(attachment_id, context): ...

        return delete_attachment


class Indented:
    class Nested(AttachmentStore):  # CKS001
        pass

    async def delete_attachment(self, attachment_id, context): ...


class Text(AttachmentStore):  # CKS001
    """
    async def delete_attachment(self, attachment_id, context): ...
    """
    # async def delete_attachment(self, attachment_id, context): ...
