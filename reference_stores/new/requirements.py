"""What a store in an application needs installed: the extras of this package."""

from __future__ import annotations

from importlib import metadata
from typing import TYPE_CHECKING, Final

from packaging.requirements import Requirement

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_PACKAGE: Final = "chatkit-store-creator"


def version() -> str:
    """The version of this package."""
    return metadata.version(_PACKAGE)


def missing(engine: str, extras: Iterable[str], said: Mapping[str, str]) -> list[str]:
    """What the engine's file and others need and the application's requirement files do not name.

    `said` holds the text of these files.
    """
    wanted: dict[str, str] = {}
    for line in metadata.requires(_PACKAGE) or ():
        requirement = Requirement(line)
        marker = requirement.marker
        if marker is None or marker.evaluate({"extra": ""}):
            continue
        of_engine = any(marker.evaluate({"extra": extra}) for extra in (engine, *extras))
        if of_engine or requirement.name == "openai-chatkit":
            wanted[requirement.name] = str(requirement.specifier)
    text = "\n".join(said.values()).lower().replace("_", "-")
    return [f"{name}{specifier}" for name, specifier in wanted.items() if name.lower() not in text]
