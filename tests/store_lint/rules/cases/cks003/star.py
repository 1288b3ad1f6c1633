from chatkit.types import *

page = Page(data=[])
part = MessageContentPart(type="text", text="hi")  # CKS003


class MyStore(Store[dict]):  # CKS003
    async def load_thread(self, thread_id: str, context: dict) -> ThreadMetadata:
        raise NotImplementedError


def own(ThreadData, rows):
    return [ThreadInfo for ThreadInfo in rows], ThreadData, ValueError
