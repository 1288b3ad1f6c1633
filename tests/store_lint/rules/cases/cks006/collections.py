from datetime import datetime, timezone

from chatkit.types import ThreadMetadata

now = datetime.now(timezone.utc)

def listed(threads: list[ThreadMetadata], by_id: dict[str, ThreadMetadata]):
    [thread.owner for thread in threads]  # CKS006
    sorted(threads, key=lambda thread: thread.updated_at)  # CKS006
    threads.sort(key=lambda thread: thread.created_at)
    max(by_id.values(), key=lambda thread: thread.score)  # CKS006
    for key, thread in by_id.items():
        thread.owner  # CKS006
    by_id["x"].owner  # CKS006
    found = by_id.get("x")
    if found is not None:
        found.owner  # CKS006
    for index, thread in enumerate(threads):
        thread.index  # CKS006
    newest, *rest = threads
    threads[0].owner  # CKS006
    any(thread.title for thread in threads)
