"""A chatkit store."""

from chat.settings import production
from chat.settings.production import ProductionConfig, config


def reads() -> tuple[object, ...]:
    return (
        ProductionConfig.host,  # CKS002
        production.ProductionConfig.port,  # CKS002
        production.config.host,
        config.port,
        config.user,  # CKS002
    )
