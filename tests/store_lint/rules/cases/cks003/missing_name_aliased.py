from chatkit.types import AssistantMessageContent as Part
from chatkit.types import TextContent as Text  # CKS003


def parts(text: str) -> list[Text]:
    return [Text(text=text), Part(text=text)]
