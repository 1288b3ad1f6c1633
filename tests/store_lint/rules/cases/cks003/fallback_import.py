import contextlib

try:
    from chatkit.types import StructuredInputThing
except ImportError:
    StructuredInputThing = None

try:
    from chatkit.models import ThreadMetadata
except ModuleNotFoundError:
    from chatkit.types import ThreadMetadata

try:
    from chatkit.types import MessageContentPart

    HAS_PARTS = True
except Exception:
    HAS_PARTS = False

with contextlib.suppress(ImportError):
    from chatkit.types import ThreadSummary

try:
    from chatkit.types import ThreadItemUpdatedEvent
except ImportError:
    from chatkit.types import ThreadItemUpdatedThing

try:
    from chatkit.types import ThreadData  # CKS003
except ModuleNotFoundError:  # the module is there
    ThreadData = None
