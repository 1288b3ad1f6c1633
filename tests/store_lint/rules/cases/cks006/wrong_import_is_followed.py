from openai.resources.beta.chatkit import Store
from chatkit.store import ThreadMetadata

ThreadMetadata(id="x", created_at=1, owner="me")  # CKS006
ThreadMetadata(id="x", created_at=1)
