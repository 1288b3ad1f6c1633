"""The build backend of the bundle (PEP 517): the wheel is there already, so building it is copying it.

It needs nothing installed and no network, and works where an installer has dropped the files whose
names begin with an underscore, without which no package could be built from its sources.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

_WHEELS = Path(__file__).parent


def build_wheel(
    wheel_directory: str,
    config_settings: dict[str, Any] | None = None,
    metadata_directory: str | None = None,
) -> str:
    """Copy the wheel to where the installer wants it; returns its name."""
    del config_settings, metadata_directory
    (wheel,) = _WHEELS.glob("*.whl")
    shutil.copyfile(wheel, Path(wheel_directory, wheel.name))
    return wheel.name


def build_sdist(sdist_directory: str, config_settings: dict[str, Any] | None = None) -> str:
    """Raises RuntimeError: the sources are not in the bundle."""
    del sdist_directory, config_settings
    raise RuntimeError("the bundle holds a wheel and no sources: build the sdist in the repository")
