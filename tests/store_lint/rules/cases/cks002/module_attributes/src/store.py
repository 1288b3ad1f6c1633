"""A chatkit store."""

import config


def reads() -> tuple[object, ...]:
    return (
        config.url,  # CKS002
        config.URL,  # CKS002
        config.settings.url,
        config.loaded,
        config.load(),
        config.__name__,
        config.nothing,  # CKS002
    )
