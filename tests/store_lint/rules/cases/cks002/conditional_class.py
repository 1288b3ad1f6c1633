"""Which class it is depends: a chatkit server is reported only where it does not matter."""

import os

from pydantic_settings import BaseSettings

if os.getenv("PLAIN", "1"):

    class Config:
        url = "x"

else:

    class Config(BaseSettings):
        url: str = ""


if os.getenv("OTHER"):
    from os import environ as Settings
else:

    class Settings(BaseSettings):
        url: str = ""


def reads() -> tuple[object, ...]:
    return (Config.url, Settings.get)  # fails: the second is not proved
