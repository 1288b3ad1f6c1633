"""A run over several projects: each file is checked against the release of its own."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from store_lint import cli, engine
from store_lint.chatkit_api import releases
from store_lint.engine import Options

if TYPE_CHECKING:
    from pathlib import Path

    from store_lint.finding import Report

OLD = 'FileAttachment(id="a", name="b", mime_type="c", upload_url=None)'
NEW = 'FileAttachment(id="a", name="b", mime_type="c", upload_descriptor=None)'
USE = f"from chatkit.types import FileAttachment\n\n{OLD}\n{NEW}\n"
"""The third line is wrong since 1.5.0, the fourth before."""
LOCKED = '[[package]]\nname = "openai-chatkit"\nversion = "1.4.1"\n'
OF_OLD, OF_NEW = 4, 3
"""The line that is wrong in a project for 1.4.1, and in one for 1.5.0 or newer."""


def write(root: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    return root


@pytest.fixture
def monorepo(tmp_path: Path) -> Path:
    return write(
        tmp_path,
        {
            "a/uv.lock": LOCKED,
            "a/src/use.py": USE,
            "b/requirements.txt": "openai-chatkit==1.6.5\n",
            "b/use.py": USE,
        },
    )


def check(*paths: Path, **options: Any) -> Report:
    values: dict[str, Any] = {"select": frozenset({"CKS006"}), "jobs": 1}
    return engine.check(Options(paths, **(values | options)))


def lines(report: Report, root: Path) -> dict[str, int]:
    return {f.path.relative_to(root).as_posix(): f.span.line for f in report.findings}


@pytest.mark.parametrize("jobs", [1, 2])
def test_each_file_is_checked_against_the_release_of_its_project(monorepo: Path, jobs: int) -> None:
    report = check(monorepo, jobs=jobs)
    assert lines(report, monorepo) == {"a/src/use.py": OF_OLD, "b/use.py": OF_NEW}
    assert report.targets == (
        ("1.4.1", "locked in uv.lock", (monorepo / "a",)),
        ("1.6.5", "requirements.txt: openai-chatkit==1.6.5", (monorepo / "b",)),
    )


@pytest.mark.parametrize("option", ["chatkit_version", "configured_chatkit_version"])
def test_a_release_that_is_named_is_for_all_of_them(monorepo: Path, option: str) -> None:
    report = check(monorepo, **{option: "1.4.1"})
    assert lines(report, monorepo) == {"a/src/use.py": OF_OLD, "b/use.py": OF_OLD}
    assert [target.version for target in report.targets] == ["1.4.1"]


def test_what_belongs_to_no_project_follows_the_only_release_of_the_run(tmp_path: Path) -> None:
    write(tmp_path, {"a/uv.lock": LOCKED, "a/use.py": USE, "tests/use.py": USE})
    report = check(tmp_path)
    assert lines(report, tmp_path) == {"a/use.py": OF_OLD, "tests/use.py": OF_OLD}
    assert report.targets == (("1.4.1", "locked in uv.lock", (tmp_path / "a",)),)


@pytest.mark.parametrize(
    "more",
    [
        # It names chatkit, so what it installs is the newest.
        {"tests/requirements.txt": "openai-chatkit\n"},
        # Nothing says which of two it should follow.
        {"b/requirements.txt": "openai-chatkit==1.5.0\n", "b/use.py": "import chatkit\n"},
    ],
)
def test_else_it_is_checked_against_the_newest(tmp_path: Path, more: dict[str, str]) -> None:
    write(tmp_path, {"a/uv.lock": LOCKED, "a/use.py": USE, "tests/use.py": USE} | more)
    report = check(tmp_path)
    assert lines(report, tmp_path) == {"a/use.py": OF_OLD, "tests/use.py": OF_NEW}
    assert report.targets[-1][:2] == (releases()[-1], "newest known")


def test_a_library_that_two_projects_share_is_read_with_each_one_s_release(tmp_path: Path) -> None:
    library = "from chatkit.types import FileAttachment as File\n"
    use = f"from shared import File\nimport chatkit\n{OLD}\n{NEW}\n".replace("FileAttachment", "File")
    for project, release in (("a", "1.4.1"), ("b", "1.6.5")):
        write(tmp_path, {f"{project}/requirements.txt": f"openai-chatkit=={release}\n"})
        write(tmp_path, {f"{project}/use.py": use})
    write(tmp_path, {"setup.cfg": "", "shared.py": library})
    assert lines(check(tmp_path), tmp_path) == {"a/use.py": OF_OLD, "b/use.py": OF_NEW}


def test_json_and_the_closing_line_name_all_of_them(
    monorepo: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(monorepo)
    assert cli.main(["--format", "json"]) == 1
    document = json.loads(capsys.readouterr().out)
    assert document["targets"] == [
        {"version": "1.4.1", "reason": "locked in uv.lock", "folders": ["a"]},
        {"version": "1.6.5", "reason": "requirements.txt: openai-chatkit==1.6.5", "folders": ["b"]},
    ]
    assert document["target"]["version"] == "1.6.5"
    assert cli.main(["--format", "agent"]) == 1
    assert capsys.readouterr().out.splitlines()[-1] == (
        "store-lint: 2 errors, 0 stores in 2 files, chatkit 1.4.1 and 1.6.5 (1.4.1 locked in uv.lock; "
        "1.6.5 requirements.txt: openai-chatkit==1.6.5); exit 1: errors"
    )
