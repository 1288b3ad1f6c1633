"""The pictures of docs/ can be made, show what they say, and name nothing of the machine."""

from __future__ import annotations

import html
import re
from importlib.util import module_from_spec, spec_from_file_location
from typing import TYPE_CHECKING

from tests.skill.pages import ROOT

if TYPE_CHECKING:
    from pathlib import Path

SHOWN = {
    "store-new": "from app.stores.sqlite import make_store",
    "store-lint": "an instance of `Settings` has no attribute `CHAT_DB_PATH`",
    "speed-sqlite": "How fast the reference stores are",
    "speed-postgres": "How fast the PostgreSQL store is",
    "speed-mysql": "How fast the MySQL store is",
    "speed-mongodb": "How fast the MongoDB store is",
}


def text(picture: Path) -> str:
    svg = picture.read_text("utf-8")
    return html.unescape(re.sub(r"<style.*?</style>|<[^>]+>", "", svg, flags=re.DOTALL)).replace(
        "\xa0", " "
    )


def test_the_pictures_are_of_real_output(tmp_path: Path) -> None:
    spec = spec_from_file_location("pictures", ROOT / "docs" / "pictures.py")
    assert spec is not None
    assert spec.loader is not None
    pictures = module_from_spec(spec)
    spec.loader.exec_module(pictures)
    pictures.main(tmp_path)
    for name, line in SHOWN.items():
        for folder in (tmp_path, ROOT / "docs"):
            picture = folder / f"{name}.svg"
            assert line in text(picture), f"make pictures ({picture})"
            assert "/tmp" not in picture.read_text("utf-8")
            assert str(ROOT) not in picture.read_text("utf-8")
    for name in pictures.CHARTS:  # of the table as it stands
        assert text(tmp_path / f"{name}.svg") == text(ROOT / "docs" / f"{name}.svg"), "make pictures"
