"""A chatkit server."""

import config as settings
from config import CheckedConfig, Config, config


def reads() -> tuple[object, ...]:
    return (
        Config.url,  # CKS002
        Config.port,
        config.url,
        settings.config.hosts,
        settings.Config.hosts,  # CKS002
        CheckedConfig.url,  # CKS002
        CheckedConfig.port,
    )
