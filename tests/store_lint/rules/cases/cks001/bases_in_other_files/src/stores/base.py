from chatkit.store import AttachmentStore


class BaseFiles(AttachmentStore[dict]):  # abstract: others derive from it
    def path(self, attachment_id: str) -> str:
        return "/tmp/" + attachment_id
