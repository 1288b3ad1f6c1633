from __future__ import annotations
from typing import TYPE_CHECKING, Optional

if TYPE_CHECKING:
    from chatkit.types import Page, ThreadMetadata


def read(thread: "ThreadMetadata", page: Optional["Page[ThreadMetadata]"]):
    thread.owner  # CKS006
    if page is not None:
        page.data[0].owner  # CKS006
        page.data[0].title
