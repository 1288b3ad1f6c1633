from chatkit.types import (
    AssistantMessageContent,
    AssistantMessageContentPartDone,
    AssistantMessageItem,
    UserMessageTextContent,
)


def items(text):
    one = AssistantMessageItem(id="1", content=AssistantMessageContent(text=text))  # CKS003
    two = AssistantMessageItem(id="1", content={"type": "output_text", "text": text})  # CKS003
    three = AssistantMessageContentPartDone(content_index=0, content=AssistantMessageContent(text=text))
    four = AssistantMessageContentPartDone(content_index=0, content=text)
    five = AssistantMessageContentPartDone(
        content_index=0, content=UserMessageTextContent(type="input_text", text=text)  # CKS003
    )
    six = AssistantMessageContentPartDone(content_index=0, content=[AssistantMessageContent(text=text)])  # CKS003
    return one, two, three, four, five, six
