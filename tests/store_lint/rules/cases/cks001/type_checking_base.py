from typing import TYPE_CHECKING

import chatkit.store

if TYPE_CHECKING:
    _Base = chatkit.store.AttachmentStore
    _Typed = chatkit.store.AttachmentStore[dict]
else:
    _Base = object
    _Typed = chatkit.store.AttachmentStore


class Mixin(_Base):
    pass


class Files(_Typed):  # CKS001
    pass
