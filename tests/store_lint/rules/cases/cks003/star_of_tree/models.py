from chatkit.store import Store


class MessageContentPart:
    pass
