from chatkit.types import ThreadMetadata


class OwnedThread(ThreadMetadata):
    owner: str
