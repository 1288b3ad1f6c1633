"""A chatkit server's one instance, made by `__new__`."""

import os


class Config:
    _instance = None

    def __new__(cls):
        if cls._instance is None:
            cls._instance = super().__new__(cls)
            cls._instance.url = os.environ.get("URL", "x")
        return cls._instance


class Settings:
    _shared: dict = {}

    def __init__(self):
        self.__dict__ = self._shared
        self._shared["url"] = "x"


def reads() -> tuple[object, ...]:
    return (Config().url, Settings().url)
