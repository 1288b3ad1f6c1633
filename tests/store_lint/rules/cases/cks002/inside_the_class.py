"""A chatkit server's settings read each other: `cls` is the class, `self` an instance."""

from pydantic import computed_field
from pydantic_settings import BaseSettings


class Settings(BaseSettings):
    host: str = "localhost"
    port: int = 5432

    @property
    def address(self) -> str:
        return f"{self.host}:{self.port}"

    @property
    def wrong(self) -> str:
        return self.HOST  # CKS002

    @computed_field
    def dsn(self) -> str:
        return "postgresql://" + self.address

    @classmethod
    def from_class(cls) -> str:
        return cls.host  # CKS002

    @classmethod
    def from_instance(cls) -> str:
        return cls().host

    def own_class(self) -> object:
        return Settings.port  # CKS002

    @staticmethod
    def first(self: object) -> object:
        return self


def reads() -> tuple[object, ...]:
    settings = Settings()
    return (
        settings.address,
        settings.wrong,
        settings.dsn,
        Settings.dsn,  # CKS002
        Settings.from_class(),
        Settings.from_instance(),
        settings.own_class(),
    )
