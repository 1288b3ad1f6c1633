from chatkit.types import MessageContentPart  # CKS003


class Local:
    pass
