from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from chatkit.store import Store
    from chatkit.types import MessageContentPart  # CKS003


def load(store: Store) -> MessageContentPart: ...
