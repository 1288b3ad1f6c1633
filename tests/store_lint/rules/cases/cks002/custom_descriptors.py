"""Values of a chatkit server's class that are computed when they are read."""

import os
from functools import cached_property


class classproperty:  # noqa: N801
    def __init__(self, function):
        self.function = function

    def __get__(self, instance, owner):
        return self.function(owner)


class Env:
    def __init__(self, name):
        self.name = name

    def __get__(self, instance, owner):
        return os.environ.get(self.name, "x")


class Config:
    url = Env("URL")

    @classproperty
    def dsn(cls):
        return cls.url

    @cached_property
    def cached(self):
        return "x"

    @property
    def computed(self):
        return "x"

    @computed.setter
    def computed(self, value):
        pass


def reads() -> tuple[object, ...]:
    return (
        Config.url,
        Config.dsn,
        Config.cached,  # CKS002
        Config.computed,  # CKS002
        Config().cached,
        Config().computed,
    )
