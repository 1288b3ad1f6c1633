# not run: the packages are not there
"""A chatkit server's settings that stand elsewhere."""

from somewhere.config import Config, settings
from .nowhere import Settings
from pydantic import BaseModel
from thirdparty import SettingsBase


class Mine(SettingsBase):
    url: str = ""


class MineConfig(BaseModel, SettingsBase):
    url: str = ""


def reads():
    return Config.DATABASE_URL, settings.DATABASE_URL, Settings.API_KEY, Mine.url, MineConfig.url
