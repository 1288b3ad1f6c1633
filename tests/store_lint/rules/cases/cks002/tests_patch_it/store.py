"""A chatkit store."""

from config import settings


def url() -> tuple[object, ...]:
    return (
        settings.url,
        settings.dsn,  # CKS002
    )
