"""A chatkit store."""

from .config import Settings, settings


def reads() -> tuple[object, ...]:
    return (
        Settings.database_url,  # CKS002
        Settings.pool,  # CKS002
        Settings.a,  # CKS002
        Settings.dsn,  # CKS002
        settings.database_url,
        settings.dsn,
        settings.a,
        settings.c,  # CKS002
        Settings.dsn.fget,  # fails: the property is wanted here
    )
