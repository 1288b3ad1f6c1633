try:
    import chatkit.models
except ImportError:
    MODELS = None
else:
    from chatkit.models import MODELS

try:
    import json
except ImportError:
    json = None
else:
    from chatkit.types import MessageContentPart  # CKS003
