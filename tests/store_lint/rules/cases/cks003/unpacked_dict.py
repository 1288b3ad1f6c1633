from chatkit.types import AssistantMessageContent, UserMessageItem, UserMessageTextContent


def items(text, row):
    one = UserMessageItem(**{"id": "1", "content": "hi"})  # CKS003
    data = {"id": "1", "content": [AssistantMessageContent(text=text)]}
    two = UserMessageItem(**data)  # CKS003
    three = UserMessageItem(**row)
    data["content"] = [UserMessageTextContent(type="input_text", text=text)]
    four = UserMessageItem(**data)
    five = UserMessageItem(**dict(id="1", content=text, **row))
    return one, two, three, four, five
