import src.config
import src.config as conf
from src import config
from src.config import Config


def reads() -> tuple[str, ...]:
    return (
        config.Config.database_url,  # CKS002
        conf.Config.database_url,  # CKS002
        src.config.Config.database_url,  # CKS002
        config.settings.database_url,
        src.config.settings.database_url,
        Config().database_url,
        config.database_url,  # CKS002
    )
