# not run: pydantic 1 is another installation
"""A chatkit server on pydantic 1."""

from pydantic import BaseSettings, Extra


class Config(BaseSettings):
    url: str = ""
    size = 10

    class Config:
        env_file = ".env"


class Loose(BaseSettings):
    url: str = ""

    class Config:
        extra = Extra.allow


settings = Config()


def reads():
    return (
        Config.url,  # CKS002
        Config.size,  # CKS002
        settings.url,
        settings.dsn,  # CKS002
        Loose().anything,
        Config.Config.env_file,
        Config.parse_obj({}).url,
        Config.__fields__,
    )
