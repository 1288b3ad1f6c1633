from chatkit.types import MessageContentPart  # CKS003
from chatkit.types import UserMessageTextContent

part = MessageContentPart(type="text", text="hi")
other = UserMessageTextContent(type="input_text", text="hi")
