from ..abstract import FileStore


class LocalFiles(FileStore):  # CKS001
    pass


class WithDelete(FileStore):
    async def delete_attachment(self, attachment_id, context): ...
