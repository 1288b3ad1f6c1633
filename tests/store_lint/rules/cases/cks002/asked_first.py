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


def tried() -> object:
    try:
        found = settings.password  # fails: caught, and nothing else is tried
    except Exception:
        found = None
    return found


def hidden_by_a_broad_except() -> object:
    try:
        found = str(settings.user)  # CKS002
        return found + "x"
    except Exception:
        return None


def not_caught() -> object:
    try:
        return settings.name  # CKS002
    except KeyError:
        return None


def has_token() -> bool:
    return hasattr(settings, "token")


def by_a_helper() -> object:
    return settings.token if has_token() else None


def asked_elsewhere() -> tuple[object, ...]:
    return (
        settings.token,  # CKS002
        settings.other,  # CKS002
    )
