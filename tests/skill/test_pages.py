"""What is true of SKILL.md and its pages as texts: limits, links, facts that stand elsewhere too."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest
import yaml

from reference_stores import shared
from reference_stores.new.engines import ENGINES
from store_contract.case import all_cases
from store_lint.rules import all_rules
from tests.skill.pages import ENGINES as ENGINE_PAGES
from tests.skill.pages import PAGES, ROOT, SKILL, body, tokens
from tests.skill.test_blocks import COMMANDS

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

MARKDOWN: Final = [
    ROOT / "README.md",
    SKILL,
    *sorted((ROOT / "skill").glob("**/*.md")),
    *sorted((ROOT / "docs").glob("**/*.md")),
]
each_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)


def frontmatter() -> dict[str, Any]:
    return yaml.safe_load(SKILL.read_text("utf-8").split("---\n")[1])


def test_the_frontmatter_keeps_to_the_specification() -> None:
    data = frontmatter()
    assert list(data) == ["name", "description", "license", "compatibility", "metadata"]
    assert data["name"] == "chatkit-store-creator"
    assert len(data["description"]) <= 1024
    assert not re.search("[<>]", data["description"])
    assert len(data["compatibility"]) <= 500
    assert all(
        isinstance(key, str) and isinstance(value, str) for key, value in data["metadata"].items()
    )
    assert data["metadata"]["version"] == version("chatkit-store-creator")
    assert data["metadata"]["chatkit"] == version("openai-chatkit")


@pytest.mark.skipif(sys.version_info < (3, 11), reason="skills-ref needs Python 3.11")
def test_the_reference_validator_takes_it(tmp_path: Path) -> None:
    staged = tmp_path / "chatkit-store-creator"
    shutil.copytree(ROOT / "skill", staged / "skill", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(SKILL, staged)
    command = [str(Path(sys.executable).with_name("agentskills")), "validate", str(staged)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr
    (staged / "SKILL.md").write_text("---\nname: other\ndescription: x\n---\n")
    assert subprocess.run(command, capture_output=True, check=False, timeout=60).returncode != 0


def test_skill_md_is_short() -> None:
    assert len(body(SKILL).splitlines()) < 200
    assert tokens(body(SKILL)) < 3000


@pytest.mark.parametrize("engine", ENGINES, ids=lambda engine: engine.name)
def test_the_path_costs_few_tokens(
    engine: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What an agent reads on the way: SKILL.md, one page, what store-new and the linter print."""
    from reference_stores.new.cli import main
    from tests.skill.applications import SETTINGS, application

    settings = engine.name if engine.name in SETTINGS else "sqlite"
    monkeypatch.chdir(application(tmp_path, settings, "none"))
    assert main([engine.name, "app/stores", "--class", "AppStore", "--with", "serving"]) == 0
    printed = capsys.readouterr().out
    page = (ROOT / "skill" / "engines" / f"{engine.name}.md").read_text("utf-8")
    assert tokens(SKILL.read_text("utf-8") + page + printed) < 5500, (
        "of 8,000, the rest is the application"
    )


@pytest.mark.parametrize("page", MARKDOWN, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_relative_links_lead_somewhere(page: Path) -> None:
    for target in _links(page):
        assert (page.parent / target).exists(), f"{page.name}: {target}"
        if page == SKILL:
            assert target.count("/") <= 2, f"{target} is too deep"
        if page in PAGES:
            inside = (page.parent / target).resolve()
            assert inside == SKILL or (ROOT / "skill") in inside.parents, (
                f"{target} is not in the bundle"
            )


def _links(page: Path) -> Iterator[str]:
    text = re.sub(r"^```.*?^```", "", page.read_text("utf-8"), flags=re.MULTILINE | re.DOTALL)
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if not re.match(r"[a-z]+:|#", target):
            yield target.partition("#")[0]


def test_no_folder_of_the_root_is_called_skills() -> None:
    assert not (ROOT / "skills").exists()


def test_every_page_is_pointed_to_by_skill_md() -> None:
    pointed = {(ROOT / target).resolve() for target in _links(SKILL)}
    assert {page for page in PAGES if page != SKILL} <= pointed
    assert {ROOT / "skill" / "rules" / f"{rule.id}.md" for rule in all_rules()} <= pointed


def test_there_is_a_page_for_each_engine() -> None:
    assert [page.stem for page in ENGINE_PAGES] == sorted(engine.name for engine in ENGINES)
    for page in ENGINE_PAGES:
        titles = re.findall(r"^## (.*)$", page.read_text("utf-8"), re.MULTILINE)
        assert titles == ["Decide", "Create", "Adapt", "A server for the proof", "Pitfalls"]


def test_the_rules_are_those_of_the_checker() -> None:
    assert re.findall(r"^\| \[(CKS\d+)\]", SKILL.read_text("utf-8"), re.MULTILINE) == [
        r.id for r in all_rules()
    ]


@each_page
def test_options_and_cases_are_those_that_there_are(page: Path) -> None:
    text = page.read_text("utf-8")
    known = {"--workers", "--rm"}
    for module in COMMANDS.values():
        parser: argparse.ArgumentParser = import_module(module)._parser()  # noqa: SLF001 - for its help alone
        known |= set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", parser.format_help()))
    said = set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", text))
    assert said <= known, said - known
    cases = {case.name[:3] for case in all_cases()}
    named = set(re.findall(r"\bC\d\d\b", text))
    assert named <= cases | {"C46"}, named - cases


def test_the_errors_of_the_page_are_those_of_the_stores() -> None:
    text = (ROOT / "skill" / "running.md").read_text("utf-8")
    table = text.partition("## Errors")[2].partition("\n## ")[0]
    named = re.findall(r"^\| `(?:chatkit\.store\.)?(\w+)` \|", table, re.MULTILINE)
    ours = {
        name
        for name, value in vars(shared).items()
        if isinstance(value, type) and issubclass(value, shared.StoreError)
    }
    of_setup = {"MissingDriverError", "UnreadablePayloadError"}
    assert set(named) == ours - of_setup | {"NotFoundError"}


@each_page
def test_lines_are_not_long(page: Path) -> None:
    text = re.sub(r"^\|.*$", "", body(page), flags=re.MULTILINE)
    assert max(map(len, text.splitlines())) <= 165
