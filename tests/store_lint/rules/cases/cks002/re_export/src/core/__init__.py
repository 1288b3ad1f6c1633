from .config import Config, get_settings, settings

__all__ = ["Config", "get_settings", "settings"]
