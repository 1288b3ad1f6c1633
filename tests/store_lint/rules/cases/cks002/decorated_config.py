# not run: the package is not there
"""A chatkit server's class under a decorator that nobody can see."""

from dataclasses import dataclass
from typing import final

from environ import config, var


@config(prefix="CHAT")
class EnvConfig:
    url = var("x")


@config
class OtherConfig:
    url: str


@final
@dataclass(kw_only=True)
class FinalConfig:
    url: str


def reads():
    return (
        EnvConfig.url,
        EnvConfig.dsn,
        OtherConfig.url,
        FinalConfig.url,  # CKS002
    )
