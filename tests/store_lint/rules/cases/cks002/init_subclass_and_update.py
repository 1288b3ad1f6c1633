"""A chatkit server's classes that fill themselves."""

import os


class Config:
    def __init__(self, **values):
        for name, value in values.items():
            setattr(self, name, value)


class DictSettings:
    def __init__(self, values):
        self.__dict__.update(values)


class VarsSettings:
    def __init__(self, values):
        vars(self).update(values)


class LocalsConfig:
    locals().update({"url": "x"})


class NamedConfig:
    def __init__(self):
        setattr(self, "url", os.environ.get("URL", ""))


def reads() -> tuple[object, ...]:
    return (
        Config(url="x").url,
        DictSettings({"url": "x"}).url,
        VarsSettings({"url": "x"}).url,
        LocalsConfig.url,
        NamedConfig().url,
    )
