"""A chatkit store keeps its settings, or by mistake their class."""

from pydantic_settings import BaseSettings


class Config(BaseSettings):
    url: str = ""


class Right:
    def __init__(self) -> None:
        self.config = Config()

    def url(self) -> str:
        return self.config.url


class Wrong:
    def __init__(self) -> None:
        self.config = Config

    def url(self) -> str:
        return self.config.url  # CKS002


class Either:
    def __init__(self, config: object = None) -> None:
        self.config = config or Config

    def url(self) -> str:
        return self.config.url  # fails: somebody may give an instance


class Given:
    def __init__(self, config: Config | None = None) -> None:
        self.config = config or Config()

    def url(self) -> tuple[str, ...]:
        return (
            self.config.url,
            self.config.database_url,  # CKS002
        )


def reads() -> None:
    Right().url()
    Wrong().url()
    Either().url()
    Given().url()
