"""A chatkit server's plain class: a value on the class can be read there, what only instances have
cannot."""

import os


class Config:
    DATABASE_URL = os.getenv("DATABASE_URL", "")
    API_KEY: str = os.environ.get("API_KEY", "")
    TIMEOUT: int

    def __init__(self) -> None:
        self.pool_size = 10


def reads() -> tuple[object, ...]:
    return (
        Config.DATABASE_URL,
        Config.API_KEY,
        Config.TIMEOUT,  # CKS002
        Config.pool_size,  # CKS002
        Config().pool_size,
        Config.DATABASE_URI,  # CKS002
    )
