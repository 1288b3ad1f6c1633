import sys
from typing import TYPE_CHECKING

from chatkit.store import AttachmentStore


class EitherWay(AttachmentStore):
    if sys.platform == "win32":

        async def delete_attachment(self, attachment_id, context): ...

    else:

        async def delete_attachment(self, attachment_id, context, path="/"): ...


class Tried(AttachmentStore):
    try:
        from os import remove as delete_attachment
    except ImportError:
        delete_attachment = None


class ForTypeCheckers(AttachmentStore):  # CKS001
    if TYPE_CHECKING:

        async def delete_attachment(self, attachment_id, context): ...


class NotForTypeCheckers(AttachmentStore):
    if not TYPE_CHECKING:

        async def delete_attachment(self, attachment_id, context): ...


class ForBoth(AttachmentStore):
    if TYPE_CHECKING:

        async def delete_attachment(self, attachment_id: str, context: object) -> None: ...

    else:
        delete_attachment = print


class Perhaps(AttachmentStore):
    if len(sys.argv) > 0:
        delete_attachment = print
