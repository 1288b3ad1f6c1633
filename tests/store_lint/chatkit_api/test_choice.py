"""Which release a project is checked against, and what the output says of why."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from store_lint.chatkit_api import UnknownReleaseError, releases
from store_lint.chatkit_api.choice import Choice, Releases

if TYPE_CHECKING:
    from pathlib import Path

NEWEST = releases()[-1]
SOURCE = (
    "from abc import ABC, abstractmethod\n\n\nclass Store(ABC):\n"
    "    @abstractmethod\n    async def brand_new(self) -> None: ...\n"
)


def choose(*folders: Path, explicit: str | None = None, configured: str | None = None) -> Choice:
    return Releases(explicit, configured).choose(tuple(map(str, folders)))


def write(root: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)


def installed(release: str, environment: str = ".venv") -> dict[str, str]:
    packages = f"{environment}/lib/python3.12/site-packages"
    return {
        f"{packages}/openai_chatkit-{release}.dist-info/METADATA": "",
        f"{packages}/chatkit/__init__.py": "",
        f"{packages}/chatkit/store.py": SOURCE,
    }


LOCK = '[[package]]\nname = "openai-chatkit"\nversion = "1.4.0"\nsource = "x"\n'


@pytest.mark.parametrize(
    ("files", "version", "reason"),
    [
        ({}, NEWEST, "newest known"),
        (installed("1.5.0"), "1.5.0", "installed in .venv"),
        (installed("1.5.0", "venv") | {"uv.lock": LOCK}, "1.5.0", "installed in venv"),
        ({"uv.lock": LOCK}, "1.4.0", "locked in uv.lock"),
        ({"poetry.lock": LOCK}, "1.4.0", "locked in poetry.lock"),
        ({"pdm.lock": LOCK}, "1.4.0", "locked in pdm.lock"),
        ({"pylock.toml": LOCK}, "1.4.0", "locked in pylock.toml"),
        (
            {"Pipfile.lock": '{"default": {"openai-chatkit": {"hashes": [], "version": "==1.4.1"}}}'},
            "1.4.1",
            "locked in Pipfile.lock",
        ),
        ({"uv.lock": LOCK, "requirements.txt": "openai-chatkit==1.5.0"}, "1.4.0", "locked in uv.lock"),
        ({"uv.lock": "version = 1\n", "requirements.txt": "openai_chatkit == 1.5.0"}, "1.5.0", None),
        ({"requirements.txt": "openai-chatkit>=1.4,<1.5  # why\nrich\n"}, "1.4.2", None),
        ({"requirements.txt": "openai-chatkit-widgets==1.4.0\n"}, NEWEST, "newest known"),
        ({"requirements-dev.txt": "OpenAI.ChatKit~=1.4.0 \\\n  --hash=sha256:ab\n"}, "1.4.2", None),
        ({"requirements/base.in": "openai-chatkit[x]==1.5.1; python_version > '3'\n"}, "1.5.1", None),
        ({"pyproject.toml": '[project]\ndependencies = ["openai-chatkit<1.5"]\n'}, "1.4.2", None),
        ({"pyproject.toml": '[tool.poetry.dependencies]\nopenai-chatkit = "^1.4"\n'}, NEWEST, None),
        ({"pyproject.toml": '[tool.poetry.dependencies]\nopenai-chatkit = "^0.0.2"\n'}, "0.0.2", None),
        ({"pyproject.toml": '[tool.poetry.dependencies]\nopenai-chatkit = "~1.4"\n'}, "1.4.2", None),
        ({"pyproject.toml": '[x]\nopenai-chatkit = {version = "1.5.2", y = 1}\n'}, "1.5.2", None),
        ({"Pipfile": '[packages]\nopenai-chatkit = "==1.5.2"\n'}, "1.5.2", None),
        ({"requirements.txt": "openai-chatkit\n"}, NEWEST, "newest known"),
        (
            {"uv.lock": LOCK.replace("1.4.0", "99.0.0")},
            NEWEST,
            "newest known; 99.0.0, locked in uv.lock, is not",
        ),
    ],
)
def test_the_project_says_which(
    tmp_path: Path, files: dict[str, str], version: str, reason: str | None
) -> None:
    write(tmp_path, files)
    chosen = choose(tmp_path)
    assert chosen.version == version
    if reason is not None:
        assert chosen.reason == reason
    assert chosen.api.version == version


def test_command_line_then_configuration_then_the_project(tmp_path: Path) -> None:
    write(tmp_path, installed("1.5.0"))
    explicit = choose(tmp_path, explicit="1.4.0", configured="1.3.0")
    assert explicit == ("1.4.0", "--chatkit-version", None, None)
    configured = choose(tmp_path, configured="1.3.0")
    assert configured[:2] == ("1.3.0", "chatkit-version in the configuration")
    assert choose(tmp_path, explicit="1.4").version == "1.4.2"
    with pytest.raises(UnknownReleaseError, match=r"99\.0 is not a known release; known are 0\.0\.2"):
        choose(tmp_path, explicit="99.0")


@pytest.mark.parametrize(
    ("near", "version", "reason"),
    [
        ({"uv.lock": LOCK.replace("1.4.0", "1.3.0")}, "1.3.0", "locked in uv.lock"),
        (installed("1.5.0"), "1.5.0", "installed in .venv"),
        ({"requirements.txt": "openai-chatkit==1.5.0"}, "1.5.0", None),
        ({"requirements.txt": "openai-chatkit>=1.5,<1.6"}, "1.5.3", None),
        # One lock file for all projects of a workspace: it decides what they leave open.
        ({"requirements.txt": "openai-chatkit>=1.3"}, "1.4.0", "locked in uv.lock"),
        ({"requirements.txt": "openai-chatkit"}, "1.4.0", "locked in uv.lock"),
        ({"uv.lock": LOCK.replace("1.4.0", "99.0.0")}, "1.4.0", "locked in uv.lock"),
        ({"README.md": "openai-chatkit==1.5.0"}, "1.4.0", "locked in uv.lock"),
    ],
)
def test_the_nearest_folder_counts(
    tmp_path: Path, near: dict[str, str], version: str, reason: str | None
) -> None:
    write(tmp_path, {"uv.lock": LOCK})
    write(tmp_path / "backend", near)
    chosen = choose(tmp_path / "backend", tmp_path)
    assert chosen.version == version
    if reason is not None:
        assert chosen.reason == reason


def test_a_folder_that_names_it_without_a_release_is_told_from_one_that_does_not(
    tmp_path: Path,
) -> None:
    write(tmp_path, {"requirements.txt": "openai-chatkit\n", "other/requirements.txt": "rich\n"})
    assert choose(tmp_path) == (NEWEST, "newest known", str(tmp_path), None)
    assert choose(tmp_path / "other") == (NEWEST, "newest known", None, None)


def test_what_is_installed_and_newer_than_the_data_is_read_from_its_source(tmp_path: Path) -> None:
    write(tmp_path, installed("99.1.0"))
    chosen = choose(tmp_path)
    assert chosen.version == "99.1.0"
    assert chosen.reason == "installed in .venv, read from its source"
    assert [m.name for m in chosen.api.abstract_methods("chatkit.store.Store")] == ["brand_new"]


def test_what_cannot_be_read_says_nothing(tmp_path: Path) -> None:
    (tmp_path / "uv.lock").write_bytes(b"\xff\xfe openai-chatkit")
    (tmp_path / "requirements.txt").mkdir()
    (tmp_path / ".venv").write_text("a file")
    assert choose(tmp_path).reason == "newest known"
