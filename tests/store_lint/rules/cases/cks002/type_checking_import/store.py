"""A chatkit store."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from config import Settings


class PostgresStore:
    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.kept: Settings = settings

    def url(self) -> tuple[object, ...]:
        return (
            self.settings.url,
            self.settings.dsn,  # CKS002
            self.kept.settings_dsn,  # fails: what starts so may come with the library
        )


def made() -> None:
    from config import settings

    PostgresStore(settings).url()


made()
