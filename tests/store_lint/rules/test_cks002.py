"""What CKS002 says, where it guesses, and which files it is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.store_lint.linting import Lint

_CONFIG = """
from pydantic_settings import BaseSettings

class Config(BaseSettings):
    database_url: str = ""
{}
"""
_STORE = "from chatkit.store import Store\n"


@pytest.mark.parametrize(
    ("made", "remedy"),
    [
        ("settings = Config()", "read it from the instance: `settings.database_url`"),
        ("def load() -> Config: return Config()", "read it from the instance: `load().database_url`"),
        ("", "make one instance in config.py (`settings = Config()`) and read `settings.database_url`"),
        ("_config: Config | None = None", "make one instance in config.py"),
    ],
)
def test_the_remedy_names_the_instance(lint: Lint, made: str, remedy: str) -> None:
    files = {
        "config.py": _CONFIG.format(made),
        "store.py": f"{_STORE}from config import Config\nURL = Config.database_url\n",
    }
    (finding,) = lint(files, ["CKS002"])
    assert finding.remedy.startswith(remedy)
    assert bool(finding.edits) == made.startswith("settings")


def test_the_nearest_name_is_offered(lint: Lint) -> None:
    code = _STORE + _CONFIG.format("settings = Config()\nprint(settings.databse_url)")
    (finding,) = lint(code, ["CKS002"])
    assert "`database_url`" in finding.remedy
    assert not finding.edits


@pytest.mark.parametrize(
    "read",
    [
        "from somewhere.config import Config\nURL = Config.DATABASE_URL",
        "from somewhere.config import AppSettings as settings\nURL = settings.database_url",
        "from .missing import Settings\nDEBUG = Settings.DEBUG",
        "import somewhere.config as conf\nURL = conf.Config.DATABASE_URL",
    ],
)
def test_a_class_outside_of_the_tree_is_guessed_at_when_asked(lint: Lint, read: str) -> None:
    assert not lint(_STORE + read, ["CKS002"])
    (finding,) = lint(_STORE + read, ["CKS002"], guess_settings=True)
    assert finding.severity == "warning"


@pytest.mark.parametrize(
    "read",
    [
        "from somewhere.config import Config\nCONFIG = Config.load()",
        "from somewhere.config import settings\nURL = settings.DATABASE_URL",
        "from sqlalchemy.config import Config\nURL = Config.DATABASE_URL",
        "from somewhere.config import Config\nCONFIG = Config().DATABASE_URL",
        "from somewhere.config import Config\nNAME = Config.Meta",
    ],
)
def test_what_does_not_look_like_it_is_not_guessed_at(lint: Lint, read: str) -> None:
    assert not lint(_STORE + read, ["CKS002"], guess_settings=True)


def test_a_file_that_no_store_imports_is_checked_in_its_project(lint: Lint) -> None:
    files = {
        "pyproject.toml": "[project]\n",
        "src/config.py": _CONFIG.format(""),
        "src/database.py": "from src.config import Config\nURL = Config.database_url\n",
        "src/right.py": "from src.config import Config\nURL = Config().database_url\n",
        "src/store.py": _STORE,
    }
    assert [f.path.name for f in lint(files, ["CKS002"])] == ["database.py"]


def test_a_file_that_is_named_resolves_imports_up_to_its_project(lint: Lint) -> None:
    files = {
        "pyproject.toml": "[project]\n",
        "src/app/settings/config.py": _CONFIG.format(""),
        "src/app/db/database.py": "from app.settings.config import Config\nURL = Config.database_url\n",
    }
    assert len(lint(files, ["CKS002"], paths=["src/app/db/database.py"])) == 1


def test_a_project_without_chatkit_is_left_alone(lint: Lint) -> None:
    files = {
        "config.py": _CONFIG.format(""),
        "database.py": "from config import Config\nURL = Config.database_url\n",
    }
    assert not lint(files, ["CKS002"])
