from chatkit.types import AssistantMessageItem, UserMessageItem


def items(text, kind, block):
    one = AssistantMessageItem(id="1", content=[{"type": "text", "text": text}])  # CKS003
    two = AssistantMessageItem(id="1", content=[{"type": "output_text", "text": text}])
    three = AssistantMessageItem(id="1", content=[{"text": text}])
    four = UserMessageItem(id="1", content=[{"type": "text", "text": text}])  # CKS003
    five = UserMessageItem(id="1", content=[{"type": "input_text", "text": text}])
    six = UserMessageItem(id="1", content=[{"text": text}])  # CKS003
    seven = UserMessageItem(id="1", content=[{"type": "output_text", "text": text}])  # CKS003
    eight = UserMessageItem(id="1", content=[{"type": kind, "text": text}])
    nine = UserMessageItem(id="1", content=[{**block, "text": text}, dict(type="input_text", text=text)])
    ten = UserMessageItem(id="1", content=[dict(type="text", text=text)])  # CKS003
    eleven = AssistantMessageItem(id="1", content=[{"type": "input_text", "text": text}])  # CKS003
    return one, two, three, four, five, six, seven, eight, nine, ten, eleven


def built(text):
    part = {"text": text}
    part["type"] = "text"
    return UserMessageItem(id="1", content=[part])  # CKS003


def built_right(text):
    part = {"text": text}
    part["type"] = "input_text"
    return UserMessageItem(id="1", content=[part])
