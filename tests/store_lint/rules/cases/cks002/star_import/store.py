"""A chatkit store."""

from config import *


def reads() -> tuple[object, ...]:
    return (
        Config.database_url,  # CKS002
        settings.database_url,
        settings.url,  # CKS002
    )
