"""Names of a chatkit server that are something else where they are used."""

from pydantic_settings import BaseSettings


class Config(BaseSettings):
    url: str = ""


class Other:
    url = "x"


def parameter(Config=Other) -> object:  # noqa: N803
    return Config.url


def local() -> object:
    Config = Other()  # noqa: N806
    return Config.url


def loop() -> object:
    for Config in (Other,):  # noqa: N806
        pass
    return Config.url


def comprehension() -> object:
    return [Config.url for Config in (Other,)]


def function() -> object:
    return (lambda Config: Config.url)(Other)


def nested() -> object:
    def inner(Config=Other):  # noqa: N803
        return Config.url

    return inner()


def walrus() -> object:
    return (Config := Other) and Config.url  # noqa: N806


def imported() -> object:
    from types import SimpleNamespace as Config

    return Config(url="x").url


def wrong() -> object:
    return [Config.url for _ in (1,)]  # CKS002


def wrong_in_a_lambda() -> object:
    return (lambda: Config.url)()  # CKS002
