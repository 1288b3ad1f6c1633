"""What the tests of installations share."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from tests.packaging.installing import ROOT, must

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="session")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clone of what is committed, as somebody else would have it."""
    if shutil.which("git") is None or not (ROOT / ".git").exists():
        pytest.skip("this is no git work tree")
    folder = tmp_path_factory.mktemp("clone") / "repository"
    must("git", "clone", "--quiet", ROOT, folder, cwd=ROOT)
    return folder
