from datetime import datetime, timezone

from chatkit.types import ThreadMetadata

now = datetime.now(timezone.utc)

def guarded(thread: ThreadMetadata):
    if hasattr(thread, "updated_at"):
        return thread.updated_at
    return getattr(thread, "updated_at", None)


def early(thread: ThreadMetadata):
    if not hasattr(thread, "owner"):
        return None
    return thread.owner


def in_a_helper(thread: ThreadMetadata):
    return hasattr(thread, "tags")


def guarded_by_a_helper(thread: ThreadMetadata):
    return thread.tags if in_a_helper(thread) else []


def unguarded(thread: ThreadMetadata):
    if hasattr(thread, "title"):
        return thread.subtitle  # CKS006


def asked_elsewhere(thread: ThreadMetadata):
    print(thread.tags)  # CKS006
    return thread.updated_at  # CKS006


class Store:
    def __init__(self, thread: ThreadMetadata):
        self.keeps_labels = hasattr(thread, "labels")

    def goes_by_the_answer(self, thread: ThreadMetadata):
        return thread.labels if self.keeps_labels else []

    def called_behind_the_question(self, thread: ThreadMetadata):
        if hasattr(thread, "folder"):
            self._file(thread)

    def _file(self, thread: ThreadMetadata):
        return thread.folder

    def does_not_ask(self, thread: ThreadMetadata):
        return thread.labels, thread.folder  # CKS006


def asks_within(thread: ThreadMetadata):
    def labels():
        return thread.labels

    return labels() if hasattr(thread, "labels") else []
