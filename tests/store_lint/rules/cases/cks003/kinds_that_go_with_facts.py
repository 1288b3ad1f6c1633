from chatkit.types import AssistantMessageContent, AssistantMessageItem, UserMessageItem, UserMessageTextContent

from answers import answered


class S:
    def in_lists(self) -> object:
        if self.kind == "user":
            answer = None
            content = [UserMessageTextContent(type="input_text", text="x")]
        else:
            answer = answered(self.kind)
            content = [AssistantMessageContent(text="x")]
        if answer is None:
            return UserMessageItem(id="1", content=content)
        return UserMessageItem(id="1", content=content)  # CKS003

    def in_dicts(self) -> object:
        if self.kind == "user":
            answer = None
            content = {"type": "input_text", "text": "x"}
        else:
            answer = answered(self.kind)
            content = {"type": "output_text", "text": "x"}
        if answer is None:
            return UserMessageItem(id="1", content=[content])
        return UserMessageItem(id="1", content=[content])  # CKS003

    def in_one_list(self) -> object:
        content = []
        if self.kind == "user":
            answer = None
            content.append(UserMessageTextContent(type="input_text", text="x"))
        else:
            answer = answered(self.kind)
            content.append(AssistantMessageContent(text="x"))
        if answer is None:
            return UserMessageItem(id="1", content=content)
        return AssistantMessageItem(id="1", content=content)
