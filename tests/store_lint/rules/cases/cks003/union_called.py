import chatkit.types as types
from chatkit.types import Attachment, FileAttachment, Page, ThreadItem, ThreadItemUpdate, UserMessageContent
from pydantic import TypeAdapter

adapter = TypeAdapter(ThreadItem)


def load(row):
    one = ThreadItem(id=row["id"], type="user_message")  # CKS003
    two = Attachment(**row)  # CKS003
    three = UserMessageContent(type="input_text", text="x")  # CKS003
    four = types.ThreadItem(**row)  # CKS003
    five = ThreadItemUpdate(**row)  # CKS003
    six = adapter.validate_python(row)
    seven = FileAttachment(**row)
    eight = Page[ThreadItem](data=[])
    return one, two, three, four, five, six, seven, eight
