"""A chatkit store."""

import main
from config import Config, Settings, settings


def reads(_set: object = main) -> tuple[object, ...]:
    return (
        Config.DATABASE_URL,
        Config.POOL_SIZE,  # CKS002
        settings.api_key,
        Settings.known,
    )


def not_proved() -> object:
    return settings.nothing  # fails: some setattr may have given it
