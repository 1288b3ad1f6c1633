from chatkit.types import AssistantMessageContent, AssistantMessageItem, UserMessageItem, UserMessageTextContent
from pydantic import BaseModel, field_validator


class Marked(UserMessageTextContent):
    mark: int = 0


class Answer(AssistantMessageContent):
    pass


class Own(BaseModel):
    type: str = "output_text"
    text: str


class Typed(UserMessageItem):
    tenant: str = ""


class Plain(UserMessageItem):
    content: list[str]


class Lenient(UserMessageItem):
    @field_validator("content", mode="before")
    @classmethod
    def wrapped(cls, content):
        return [UserMessageTextContent(type="input_text", text=content)] if isinstance(content, str) else content


def items(text):
    one = UserMessageItem(id="1", content=[Marked(type="input_text", text=text)])
    two = UserMessageItem(id="1", content=[Answer(text=text)])  # CKS003
    three = AssistantMessageItem(id="1", content=[Answer(text=text)])
    four = AssistantMessageItem(id="1", content=[Own(text=text)])  # CKS003
    five = Typed(id="1", content="hi")  # CKS003
    six = Plain(id="1", content=["hi"])
    seven = Lenient(id="1", content="hi")
    return one, two, three, four, five, six, seven
