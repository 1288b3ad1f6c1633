from typing import Protocol

from chatkit.store import AttachmentStore


class Deleting(Protocol):
    async def delete_attachment(self, attachment_id, context): ...


class Explicit(Deleting, AttachmentStore):
    pass


class Structural(AttachmentStore):  # CKS001
    pass


def use(store: Deleting = Structural): ...
