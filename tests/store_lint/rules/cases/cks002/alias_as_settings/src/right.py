"""chatkit"""

from src.config import settings as Config


def url() -> str:
    return Config.database_url
