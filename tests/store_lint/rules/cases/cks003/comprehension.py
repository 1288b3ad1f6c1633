from chatkit.types import AssistantMessageContent, AssistantMessageItem, UserMessageItem


def wrong(texts):
    one = UserMessageItem(id="1", content=[AssistantMessageContent(text=t) for t in texts])  # CKS003
    two = UserMessageItem(id="1", content=list(AssistantMessageContent(text=t) for t in texts))  # CKS003
    three = UserMessageItem(id="1", content=[t.strip() for t in texts])
    four = UserMessageItem(id="1", content=[str(t) for t in texts])  # CKS003
    return one, two, three, four


def right(texts, parts):
    return AssistantMessageItem(
        id="1", content=[AssistantMessageContent(text=t) for t in texts]
    ), UserMessageItem(id="1", content=[p for p in parts])
