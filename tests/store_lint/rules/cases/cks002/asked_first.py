"""A chatkit server that knows that a setting may not be there."""

import contextlib

from pydantic_settings import BaseSettings


class Config(BaseSettings):
    url: str = ""


settings = Config()


def reads() -> object:
    if hasattr(settings, "token"):
        return settings.token
    found = None
    try:
        found = settings.dsn  # fails: caught
    except AttributeError:
        pass
    with contextlib.suppress(AttributeError):
        found = Config.url  # fails: caught
    assert found
    return getattr(settings, "other", None)


def not_caught() -> object:
    try:
        return settings.name  # CKS002
    except KeyError:
        return None
