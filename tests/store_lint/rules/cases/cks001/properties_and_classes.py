from chatkit.store import AttachmentStore


class ByProperty(AttachmentStore):
    @property
    def delete_attachment(self): ...


class ByClass(AttachmentStore):
    class delete_attachment:  # noqa: N801
        pass


class ByStatic(AttachmentStore):
    @staticmethod
    async def delete_attachment(attachment_id, context): ...


class BySync(AttachmentStore):
    def delete_attachment(self): ...


class ByImport(AttachmentStore):
    from os import remove as delete_attachment


class ByWith(AttachmentStore):
    with open(__file__) as delete_attachment:
        pass


class ByFor(AttachmentStore):
    for delete_attachment in (print,):
        pass


class ByWalrus(AttachmentStore):
    _size = len(delete_attachment := "x")


class ByMatch(AttachmentStore):
    match print:
        case delete_attachment:
            pass
