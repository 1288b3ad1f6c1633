from datetime import datetime, timezone

from chatkit.types import Page

now = datetime.now(timezone.utc)

page = Page(
    data=[],
    total=0,  # CKS006
    has_more=False,
    next_cursor=None,  # CKS006
)
right = Page(data=[], has_more=False, after=None)
