import app.config
import app.config as cfg
from app import config
from app.config import ChatSettings, Settings, chat_settings, settings
from app.config import base as base_config


def reads() -> tuple[object, ...]:
    return (
        app.config.settings.url,
        app.config.Settings.url,  # CKS002
        cfg.chat_settings.model,
        cfg.chat_settings.model_name,  # CKS002
        config.base.Settings.url,  # CKS002
        base_config.Settings.url,  # CKS002
        Settings.url,  # CKS002
        ChatSettings.model,  # CKS002
        chat_settings.model,
        settings.URL,  # CKS002
    )
