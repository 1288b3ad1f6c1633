from chatkit.types import AssistantMessageItem, UserMessageItem


def items(text: str, texts: list[str], things: list, maybe):
    one = UserMessageItem(id="1", content=["hi"])  # CKS003
    two = AssistantMessageItem(id="1", content=[text])  # CKS003
    three = AssistantMessageItem(id="1", content=texts)  # CKS003
    four = AssistantMessageItem(id="1", content=text.split())
    five = AssistantMessageItem(id="1", content=things)
    six = AssistantMessageItem(id="1", content=[maybe])
    seven = AssistantMessageItem(id="1", content=[])
    eight = AssistantMessageItem(id="1", content=[f"{maybe}"])  # CKS003
    return one, two, three, four, five, six, seven, eight
