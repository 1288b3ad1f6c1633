from datetime import datetime, timezone

from chatkit.types import Page, ThreadItem, ThreadMetadata

now = datetime.now(timezone.utc)

def pages(page: Page[ThreadMetadata], items: Page[ThreadItem]):
    page.items  # CKS006
    page.next  # CKS006
    page.data[0].owner  # CKS006
    page.after
    for thread in page.data:
        thread.owner  # CKS006
    for item in items.data:
        item.role  # CKS006
    return Page[ThreadItem](data=[], has_more=False, total=1)  # CKS006
