from datetime import datetime, timezone

from chatkit.types import ThreadMetadata

now = datetime.now(timezone.utc)

def make(title):
    return ThreadMetadata(id="x", created_at=now, title=title)


def annotated() -> ThreadMetadata:
    return load_from_somewhere()


def untyped():
    return load_from_somewhere()


make("x").owner  # CKS006
annotated().owner  # CKS006
untyped().owner


class Holder:
    def __init__(self, thread: ThreadMetadata):
        self.thread = thread

    @property
    def current(self) -> ThreadMetadata:
        return self.thread

    def use(self):
        self.thread.owner  # CKS006
        self.current.owner  # CKS006
        self.current.title
