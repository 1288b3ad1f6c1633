"""Other ways to hold a chatkit server's settings: all of them can be read on the class."""

import enum
import types
from typing import NamedTuple


class TupleConfig(NamedTuple):
    url: str = ""


class EnumConfig(enum.IntEnum):
    SIZE = 1


class FlagSettings(enum.Flag):
    A = enum.auto()


config = types.SimpleNamespace(url="x")
settings = {"url": "x"}


def reads() -> tuple[object, ...]:
    return (
        TupleConfig().url,
        EnumConfig.SIZE,
        FlagSettings.A.value,
        config.url,
        settings.items(),
    )
