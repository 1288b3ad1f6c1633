"""A chatkit store."""

from core import Config, get_settings, settings

current = get_settings()


def reads() -> tuple[object, ...]:
    return (
        Config.database_url,  # CKS002
        settings.database_url,
        settings.DATABASE_URL,  # CKS002
        get_settings().database_url,
        get_settings().DATABASE_URL,  # CKS002
        current.DATABASE_URL,  # CKS002
        get_settings.cache_info(),
    )
