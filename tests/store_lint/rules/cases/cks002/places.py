"""Wherever an expression of a chatkit server can stand."""

from pydantic_settings import BaseSettings


class Config(BaseSettings):
    url: str = "x"
    size: int = 1


settings = Config()
AT_TOP = Config.url  # CKS002


class Pool:
    url = Config.url  # CKS002
    right = settings.url

    def connect(self, size: object = Config.size) -> str:  # CKS002
        return f"{settings.url} {Config.url} {size}"  # CKS002


def statements() -> object:
    if Config.size:  # CKS002
        pass
    while settings.size > 5:
        pass
    with open(__file__) as _file:
        assert Config.url, settings.url  # CKS002
    match settings.size:
        case 1 if Config.size:  # CKS002
            pass
    values = {"url": Config.url, **{"size": settings.size}}  # CKS002
    values["size"] += Config.size and 1  # CKS002
    del values["url"]
    return (yield Config.url)  # CKS002


async def asynchronous() -> object:
    async def inner() -> object:
        return Config.url  # CKS002

    return await inner() and Config.size  # CKS002


def calls() -> object:
    return dict(a=Config.url, **{"b": Config.url}) or [*str(Config.url)]  # CKS002


def annotation(_value: "Config.url" = "") -> "Config.url":
    return ""


list(statements())
Pool().connect()
