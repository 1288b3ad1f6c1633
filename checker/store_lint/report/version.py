"""The version of the checker itself, from the metadata of the installed wheel."""

from __future__ import annotations


def tool_version() -> str:
    """As in '0.1.0'; 'unknown' in a source tree that was never installed."""
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("chatkit-store-creator")
    except PackageNotFoundError:
        return "unknown"
