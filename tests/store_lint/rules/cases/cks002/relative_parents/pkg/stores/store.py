"""A chatkit store."""

from ..core import config
from ..core.config import AppConfig


def reads() -> tuple[object, ...]:
    from ..core.config import AppConfig as local

    return (
        AppConfig.url,  # CKS002
        config.AppConfig.url,  # CKS002
        local.url,  # CKS002
        config.app_config.url,
    )
