from datetime import datetime, timezone

from chatkit.types import FileAttachment, ImageAttachment

now = datetime.now(timezone.utc)

FileAttachment(id="a", name="n", mime_type="m", size=1)  # CKS006
FileAttachment(id="a", name="n", mime_type="m", upload_url="u")  # CKS006
FileAttachment(id="a", name="n", mime_type="m", upload_descriptor=None)
ImageAttachment(id="a", name="n", mime_type="m")  # CKS006
ImageAttachment(id="a", name="n", mime_type="m", preview_url="https://example.com/x.png")
