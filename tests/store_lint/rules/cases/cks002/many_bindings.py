"""A name of a chatkit server that is bound more than once means what all of them mean, or nothing."""

import sys

from pydantic_settings import BaseSettings


class Development(BaseSettings):
    url: str = ""


class Production(BaseSettings):
    url: str = ""
    token: str = ""


if len(sys.argv) > 1000:
    settings = Development()
else:
    settings = Production()

CONFIGS = {"development": Development, "production": Production}
chosen = CONFIGS["production"]()

if sys.platform:
    config = Development()
else:
    config = Development()


def reads() -> tuple[object, ...]:
    return (
        settings.token,
        chosen.token,
        config.url,
        config.token,  # CKS002
    )


def not_proved() -> object:
    return CONFIGS["development"].url  # fails: what a dict holds is not followed
