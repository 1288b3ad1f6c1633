"""The grader, on folders as agents leave them: untouched, solved, and solved with too heavy a hand."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from skill.evals import cli
from skill.evals import task as tasks
from skill.evals.grading import Grade, grade, table
from skill.evals.task import write
from tests.evals.solving import NEAR_MISSES, RECIPES, edit, solve

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from skill.evals.task import Task

# For each repair: the rule that names its fault, and a case of the contract that the fault breaks.
FAULTS = {
    "repair-missing-method": ("CKS001", ""),
    "repair-config-class": ("CKS002", ""),
    "repair-content-type": ("CKS003", "C21_unknown_items_are_not_found"),
    "repair-unguarded-connection": ("CKS004", "C12_unknown_threads_are_not_found"),
    "repair-query-parameters": ("CKS005", "C07_every_attachment_comes_back"),
    "repair-unknown-field": ("CKS006", "C12_unknown_threads_are_not_found"),
    "repair-blocking-driver": ("", ""),
    "repair-dead-end-paging": ("", "C13_the_server_lists_threads"),
    "repair-cross-tenant": ("", "C12_foreign_threads_are_not_found"),
}
WITHOUT_SERVER = ["create-memory-fastapi", "create-sqlite-sqlalchemy"]


def given(name: str, folder: Path, *cases: str) -> Task:
    """Write what the agent gets; with `cases`, the contract asks no more than those."""
    task = tasks.load(name)
    write(task.files(), folder)
    return replace(task, contract=("--select", ",".join(cases), "--timeout", "120")) if cases else task


def outcomes(judged: Grade) -> dict[str, str]:
    return {check.name: check.outcome for check in judged.checks}


def items(judged: Grade, name: str) -> tuple[str, ...]:
    (check,) = (check for check in judged.checks if check.name == name)
    return check.items


@pytest.mark.parametrize("name", FAULTS)
def test_an_untouched_repair_fails_for_its_fault(name: str, tmp_path: Path) -> None:
    rule, case = FAULTS[name]
    judged = grade(tmp_path, given(name, tmp_path, case or "C12_unknown_threads_are_not_found"))
    assert judged.passed is False
    found = outcomes(judged)
    assert found["diff"] == "failed"
    assert {item.split()[1] for item in items(judged, "lint")} == ({rule} if rule else set())
    if case:
        assert [item.partition(":")[0] for item in items(judged, "contract")] == [case]
    elif rule:
        assert found["contract"] == "failed", "the store cannot even be made"
    # Attachments are nothing that the application's own tests use.
    assert found["tests"] == ("passed" if name == "repair-query-parameters" else "failed")


def test_a_repair_passes_with_every_case_of_the_contract(tmp_path: Path) -> None:
    task = given("repair-blocking-driver", tmp_path)
    assert task.contract == ("--profile", "upstream")
    task = replace(task, contract=(*task.contract, "--timeout", "300"))
    solve(task, tmp_path)
    judged = grade(tmp_path, task)
    assert judged.passed, table([judged])
    assert outcomes(judged) == dict.fromkeys(("diff", "lint", "contract", "tests"), "passed")
    assert (judged.added_lines, judged.removed_lines) == (3, 8)


def test_too_heavy_a_hand_fails_though_all_works(tmp_path: Path) -> None:
    task = given("repair-config-class", tmp_path, "C12_unknown_threads_are_not_found")
    solve(task, tmp_path)
    edit(tmp_path, "helpdesk/main.py", '"""The web application."""', '"""Ours."""')
    (tmp_path / "helpdesk" / "new.py").write_text("")
    (tmp_path / "requirements.txt").unlink()
    (tmp_path / "__pycache__").mkdir()
    (tmp_path / "__pycache__" / "x.pyc").write_bytes(b"")
    (tmp_path / "helpdesk.db").write_bytes(b"")
    judged = grade(tmp_path, task)
    assert judged.passed is False
    assert outcomes(judged) == {
        "diff": "failed", "lint": "passed", "contract": "passed", "tests": "passed",
    }  # fmt: skip
    assert items(judged, "diff") == (
        "changed helpdesk/main.py",
        "added helpdesk/new.py",
        "deleted requirements.txt",
    )


def test_tests_that_an_agent_weakened_are_run_as_they_were(tmp_path: Path) -> None:
    task = given("repair-missing-method", tmp_path, "C12_unknown_threads_are_not_found")
    (tmp_path / "tests" / "test_chat.py").write_text("def test_nothing() -> None:\n    pass\n")
    judged = grade(tmp_path, task)
    assert items(judged, "diff") == ("changed tests/test_chat.py",)
    assert outcomes(judged)["tests"] == "failed"
    assert (tmp_path / "tests" / "test_chat.py").read_text().startswith("def test_nothing")


def test_a_store_that_does_not_parse_is_judged_too(tmp_path: Path) -> None:
    task = given("repair-unknown-field", tmp_path, "C12_unknown_threads_are_not_found")
    (tmp_path / "helpdesk" / "store.py").write_text("def (")
    judged = grade(tmp_path, task)
    assert outcomes(judged) == {
        "diff": "passed", "lint": "failed", "contract": "failed", "tests": "failed",
    }  # fmt: skip
    assert "CKS000" in items(judged, "lint")[0]


def test_findings_that_an_agent_silenced_and_tests_that_it_left_out_count(tmp_path: Path) -> None:
    task = given("repair-unknown-field", tmp_path, "C12_unknown_threads_are_not_found")
    task = replace(task, may_change=("/**",))
    line = "        created = microseconds(thread.updated_at)"
    edit(tmp_path, "helpdesk/store.py", line, f"{line}  # store-lint: ignore[CKS006] works for me")
    (tmp_path / "conftest.py").write_text(
        "def pytest_collection_modifyitems(items):\n    del items[1:]\n"
    )
    (tmp_path / "pytest.ini").write_text("[pytest]\naddopts = --maxfail=1\n")
    (tmp_path / "pyproject.toml").write_text('[tool.store-lint]\nexclude = ["*"]\n')
    judged = grade(tmp_path, task)
    assert items(judged, "lint") == ("helpdesk/store.py silences a finding",)
    assert len(items(judged, "tests")) == 5
    edit(tmp_path, "helpdesk/store.py", "  # store-lint: ignore[CKS006] works for me", "")
    (tmp_path / "pyproject.toml").write_text('[tool.store-lint]\nignore = ["CKS006"]\n')
    (found,) = items(grade(tmp_path, task), "lint")
    assert " CKS006 " in found


@pytest.mark.parametrize("name", NEAR_MISSES)
def test_a_near_miss_passes_without_a_store_and_fails_with_one(name: str, tmp_path: Path) -> None:
    task = given(name, tmp_path)
    assert outcomes(grade(tmp_path, task)) == {
        "diff": "failed", "no store": "passed", "tests": "failed",
    }  # fmt: skip
    solve(task, tmp_path)
    judged = grade(tmp_path, task)
    assert judged.passed, table([judged])
    (tmp_path / "store.py").write_text("from chatkit.store import Store\n")
    judged = grade(tmp_path, task)
    assert judged.passed is False
    assert items(judged, "no store")[0].startswith("store.py: chatkit")
    assert items(judged, "diff") == ("added store.py",)


@pytest.mark.parametrize("name", RECIPES)
def test_a_store_that_store_new_wrote_passes(
    name: str, tmp_path: Path, name_server: Callable[[str], None]
) -> None:
    task = given(name, tmp_path, "C01_arguments_by_name", "C12", "C15", "C27", "C29_rows", "C40")
    name_server(task.engine)
    if name in WITHOUT_SERVER:
        untouched = grade(tmp_path, task)
        assert outcomes(untouched) == {
            "diff": "failed", "lint": "passed", "contract": "failed", "tests": "failed",
        }  # fmt: skip
    solve(task, tmp_path)
    judged = grade(tmp_path, task)
    assert judged.passed, table([judged])


def test_without_its_server_a_task_is_not_decided_and_it_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    task = given("create-postgres-fastapi", tmp_path)
    solve(task, tmp_path)
    code = cli.main(["grade", str(tmp_path), "--task", task.name, "--format", "json"])
    judged = json.loads(capsys.readouterr().out)
    assert (code, judged["passed"]) == (2, None)
    assert {check["name"]: check["outcome"] for check in judged["checks"]} == {
        "diff": "passed", "lint": "passed", "contract": "skipped", "tests": "skipped",
    }  # fmt: skip
    assert "CHATKIT_TEST_POSTGRES_URL names no server" in judged["checks"][2]["detail"]


def test_the_command_sets_up_grades_and_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "work"
    assert cli.main(["set-up", str(folder), "--task", "near-miss-pusher"]) == 0
    task = tasks.load("near-miss-pusher")
    assert capsys.readouterr().out == task.prompt
    assert cli.main(["grade", str(folder), "--task", task.name]) == 1
    assert "near-miss-pusher: failed, 0 lines added" in capsys.readouterr().out
    solve(task, folder)
    assert cli.main(["grade", str(folder), "--task", task.name, "--format", "json"]) == 0
    judged = json.loads(capsys.readouterr().out)
    assert (judged["schema"], judged["task"], judged["passed"]) == (1, task.name, True)
    assert cli.main(["grade", str(folder), "--task", task.name]) == 0
    shown = capsys.readouterr().out.splitlines()
    assert shown[0].split() == ["task", "check", "outcome", "detail"]
    assert shown[-1] == "near-miss-pusher: passed, 6 lines added, 1 removed"


@pytest.mark.parametrize(
    "arguments",
    [
        ["set-up", ".", "--task", "near-miss-pusher"],
        ["set-up", "new", "--task", "nothing"],
        ["grade", "gone", "--task", "near-miss-pusher"],
        ["grade", ".", "--task", "nothing"],
        ["report", "gone.json"],
        ["report", "other.json"],
    ],
)
def test_wrong_usage_is_said_in_a_line(
    arguments: list[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "other.json").write_text("[]")
    assert cli.main(arguments) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("evals: error: ")
    assert not (tmp_path / "new").exists()
