from chatkit.types import AssistantMessageItem, ThreadItem, UserMessageItem
from pydantic import TypeAdapter

adapter = TypeAdapter(ThreadItem)


def items(text, row):
    one = UserMessageItem.model_validate({"id": "1", "content": "hi"})  # CKS003
    two = UserMessageItem.model_validate({"id": "1", "content": [{"type": "text", "text": text}]})  # CKS003
    three = UserMessageItem.model_validate({"id": "1", "content": [{"type": "input_text", "text": text}]})
    four = UserMessageItem.model_validate(row)
    five = adapter.validate_python({"type": "assistant_message", "content": "hi"})  # CKS003
    six = adapter.validate_python({"type": "message", "content": []})  # CKS003
    seven = adapter.validate_python({"type": "hidden_context_item", "content": "hi"})
    eight = TypeAdapter(AssistantMessageItem).validate_python({"content": ["hi"]})  # CKS003
    nine = adapter.validate_python({"content": "hi", **row})
    return one, two, three, four, five, six, seven, eight, nine
