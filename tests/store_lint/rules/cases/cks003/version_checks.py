import importlib.metadata
import sys
from importlib.metadata import version
from importlib.util import find_spec
from typing import TYPE_CHECKING

import chatkit.types as types
from packaging.version import Version

if Version(version("openai-chatkit")) >= Version("99"):
    from chatkit.types import Future
    from chatkit.future import Thing

if hasattr(types, "MessageContentPart"):
    Part = types.MessageContentPart
elif "TextContent" in dir(types):
    Part = types.TextContent
else:
    Part = types.UserMessageTextContent

HAS_TAGS = hasattr(types, "UserMessageTags")
Tags = types.UserMessageTags if HAS_TAGS else None
Old = getattr(types, "OldContent", None)
also = hasattr(types, "ThreadBox") and types.ThreadBox


def late():
    if not hasattr(types, "ThreadData"):
        return None
    return types.ThreadData


if sys.version_info >= (3, 10):
    from chatkit.types import ThreadSummary  # CKS003

if len(sys.argv) > 1:
    from chatkit.types import ThreadMapping  # CKS003

try:
    import chatkit

    CHATKIT_AVAILABLE = True
except ImportError:
    CHATKIT_AVAILABLE = False

if CHATKIT_AVAILABLE:
    from chatkit.types import ThreadThing  # CKS003

HAS_STRUCTURED_INPUT = find_spec("chatkit.structured") is not None
if HAS_STRUCTURED_INPUT and find_spec("chatkit"):
    from chatkit.structured import Thing

if find_spec("chatkit"):
    from chatkit.types import ThreadRecord  # CKS003

if TYPE_CHECKING:
    from chatkit.types import ThreadMetadata
