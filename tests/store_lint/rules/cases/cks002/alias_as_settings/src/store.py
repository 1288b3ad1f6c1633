from chatkit.store import Store

from src.config import Config as settings


def url(_of: type[Store] = Store) -> str:
    return settings.database_url  # CKS002
