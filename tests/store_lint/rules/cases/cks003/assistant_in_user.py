from chatkit.types import AssistantMessageContent, UserMessageItem, UserMessageTagContent, UserMessageTextContent


def item(text, common):
    one = UserMessageItem(content=[AssistantMessageContent(text=text)], **common)  # CKS003
    two = UserMessageItem(content=[UserMessageTextContent(type="input_text", text=text)], **common)
    three = UserMessageItem(
        content=[
            UserMessageTextContent(type="input_text", text=text),
            AssistantMessageContent(text=text),  # CKS003
        ],
        **common,
    )
    four = UserMessageItem(
        content=(UserMessageTagContent(type="input_tag", id="1", text=text, data={}),), **common
    )
    five = UserMessageItem(content=(AssistantMessageContent(text=text),), **common)  # CKS003
    return one, two, three, four, five
