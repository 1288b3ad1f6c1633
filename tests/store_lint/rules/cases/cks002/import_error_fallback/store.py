"""A chatkit store."""

try:
    from .config import Settings, settings
except ImportError:
    from config import Settings, settings


def reads() -> tuple[object, ...]:
    return (
        Settings.url,  # CKS002
        settings.url,
        settings.URL,  # CKS002
    )
