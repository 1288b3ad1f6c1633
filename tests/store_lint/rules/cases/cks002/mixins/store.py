"""A chatkit store."""

from config import Both, Settings


def reads() -> tuple[object, ...]:
    return (
        Settings().dsn,
        Settings().wrong,
        Settings.host,  # CKS002
        Both.port,
        Both.name,  # CKS002
    )
