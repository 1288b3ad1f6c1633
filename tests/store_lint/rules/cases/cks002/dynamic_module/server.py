"""A chatkit server."""

import config


def reads() -> object:
    return config.path
