from pydantic_settings import BaseSettings


class PoolMixin:
    @property
    def dsn(self) -> str:
        return self.host + ":5432"

    @property
    def wrong(self) -> str:
        return self.nowhere  # CKS002


class Settings(PoolMixin, BaseSettings):
    host: str = "localhost"


class Defaults:
    port = 5432


class Both(Defaults, BaseSettings):
    port: int = 1
    name: str = ""
