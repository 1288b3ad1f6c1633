from datetime import datetime, timezone

from chatkit.types import AssistantMessageItem, InferenceOptions, UserMessageItem

from answers import answered

now = datetime.now(timezone.utc)


class S:
    def in_lists(self, asked: list[UserMessageItem], replied: list[AssistantMessageItem]) -> object:
        if self.kind == "user":
            answer = None
            items = asked
        else:
            answer = answered(self.kind)
            items = replied
        if answer is None:
            return [item.inference_options for item in items]
        return [item.inference_options for item in items]  # CKS006

    def what_is_there(self) -> object:
        if self.kind == "user":
            answer = None
            item = UserMessageItem(
                id="1", thread_id="t", created_at=now, content=[], inference_options=InferenceOptions()
            )
        else:
            answer = answered(self.kind)
            item = AssistantMessageItem(id="1", thread_id="t", created_at=now, content=[])
        if answer is None:
            return item.inference_options
        return item.inference_options  # CKS006

    def which_class(self) -> object:
        if self.kind == "user":
            answer = None
            cls = UserMessageItem
        else:
            answer = answered(self.kind)
            cls = AssistantMessageItem
        if answer is None:
            return cls(
                id="1", thread_id="t", created_at=now, content=[], inference_options=InferenceOptions()
            )
        return cls(id="1", thread_id="t", created_at=now, content=[], attachments=[])  # CKS006
