import chatkit
import chatkit.types
import chatkit.types as ct
from chatkit import types
from chatkit.types import ThreadMetadata as Meta

ct.ThreadMetadata(id="x", created_at=1, owner="me")  # CKS006
types.ThreadMetadata(id="x", created_at=1, owner="me")  # CKS006
chatkit.types.ThreadMetadata(id="x", created_at=1, owner="me")  # CKS006
Meta(id="x", created_at=1, owner="me")  # CKS006
Meta(id="x", created_at=1, title="mine")
Again = Meta
Again(id="x", created_at=1, owner="me")  # CKS006
