from chatkit.types import *
from somewhere import *

part = MessageContentPart(type="text", text="hi")
