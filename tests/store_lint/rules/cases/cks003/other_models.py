from chatkit.types import (
    FileAttachment,
    Page,
    Thread,
    ThreadItem,
    ThreadItemDoneEvent,
    ThreadMetadata,
    UserMessageInput,
    UserMessageItem,
    UserMessageTextContent,
)


def made(item: ThreadItem, thread: ThreadMetadata, file: FileAttachment, items: list[ThreadItem]):
    one = ThreadItemDoneEvent(item=item)
    two = ThreadItemDoneEvent(item=UserMessageTextContent(type="input_text", text="x"))  # CKS003
    three = ThreadItemDoneEvent(item=thread)  # CKS003
    four = UserMessageItem(id="1", content=[], attachments=["file_1"])  # CKS003
    five = UserMessageItem(id="1", content=[], attachments=[file])
    six = UserMessageInput(content=[], attachments=["file_1"])
    seven = Thread(id="1", items=items)  # CKS003
    eight = Thread(id="1", items=Page(data=items))
    nine = ThreadMetadata(id="1", status="active")  # CKS003
    ten = ThreadMetadata(id="1", status={"type": "active"})
    return one, two, three, four, five, six, seven, eight, nine, ten
