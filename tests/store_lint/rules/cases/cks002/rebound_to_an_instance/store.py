"""A chatkit store."""

from config import Config, Settings, config


def reads() -> tuple[object, ...]:
    return (
        Settings.url,
        Config.url,  # CKS002
        config.url,
    )
