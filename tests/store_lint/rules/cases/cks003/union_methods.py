from chatkit.types import Attachment, ThreadItem, ThreadItemUpdate, ThreadMetadata, UserMessageItem
from pydantic import TypeAdapter


def load(row, text):
    one = ThreadItem.model_validate(row)  # CKS003
    two = Attachment.model_validate_json(text)  # CKS003
    three = ThreadItem.parse_obj(row)  # CKS003
    four = ThreadItem.model_fields  # CKS003
    five = ThreadItemUpdate.model_validate(row)  # CKS003
    six = [ThreadItem.model_construct(**row)]  # CKS003
    seven = map(ThreadItem.model_validate, [row])  # CKS003
    eight = UserMessageItem.model_validate(row), ThreadMetadata.model_fields
    nine = TypeAdapter(ThreadItem).validate_python(row)
    ten = ThreadItem.__args__, ThreadItem.__metadata__, ThreadItem.__origin__
    return one, two, three, four, five, six, seven, eight, nine, ten
