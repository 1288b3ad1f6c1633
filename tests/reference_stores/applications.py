"""Small applications without a store, as `store-new` finds them: layouts, settings, contexts."""

from __future__ import annotations

from typing import Final

SERVER: Final = """\
from typing import Any

from chatkit.server import ChatKitServer
from {settings} import *


class Server(ChatKitServer[dict[str, Any]]):
    pass


async def chat(server: Server, body: bytes, user: str):
    context = {{"user_id": user, "locale": "en"}}
    return await server.process(body, context)
"""

SETTINGS: Final = {
    "pydantic-settings": (
        """\
from pydantic_settings import BaseSettings


class Config(BaseSettings):
    redis_url: str = "redis://localhost"
    chat_db_path: str


settings = Config()
""",
        "settings.chat_db_path",
    ),
    "a cached function": (
        """\
from functools import lru_cache

from pydantic_settings import BaseSettings


class Settings(BaseSettings):
    chat_db_path: str


@lru_cache
def get_settings() -> Settings:
    return Settings()
""",
        "get_settings().chat_db_path",
    ),
    "a dataclass": (
        """\
import os
from dataclasses import dataclass


@dataclass(frozen=True)
class Settings:
    debug: bool
    chat_db_path: str


def load() -> Settings:
    return Settings(False, os.environ["CHAT_DB_PATH"])


SETTINGS = load()
""",
        "SETTINGS.chat_db_path",
    ),
    "a class": (
        """\
import os


class Config:
    DEBUG = False
    CHAT_DB_PATH = os.environ.get("CHAT_DB_PATH")
""",
        "Config.CHAT_DB_PATH",
    ),
    "a module": (
        """\
import os

DEBUG = False
CHAT_DB_PATH = os.environ["CHAT_DB_PATH"]
""",
        "CHAT_DB_PATH",
    ),
}
"""Each kind of settings: the module, and how the place of the database is read."""

LAYOUTS: Final = {
    "flat": ("config.py", "server.py", "stores", "config"),
    "src": ("src/shop/config.py", "src/shop/server.py", "src/shop/stores", "shop.config"),
    "package": ("app/config.py", "app/server.py", "app/chat/stores", "app.config"),
    "src package": ("src/config.py", "src/server.py", "src/stores", "src.config"),
}
"""Each layout: the files of settings and server, where stores go, the module of the settings."""


def application(layout: str, settings: str) -> dict[str, str]:
    """The files of an application."""
    config, server, _, module = LAYOUTS[layout]
    files = {
        "pyproject.toml": '[project]\nname = "shop"\ndependencies = ["openai-chatkit"]\n',
        config: SETTINGS[settings][0],
        server: SERVER.format(settings=module),
    }
    if layout != "flat":
        folder = config.rpartition("/")[0]
        files[f"{folder}/__init__.py"] = ""
        if layout == "package":
            files["app/chat/__init__.py"] = ""
    return files
