"""The tasks as data: complete, and each with a fault that its reason names."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest
from pathspec import GitIgnoreSpec

from skill.evals import task as tasks
from skill.evals.task import Break, TaskError

if TYPE_CHECKING:
    from pathlib import Path

NAMES = tasks.names()


def test_there_are_tasks_of_each_kind_and_engine() -> None:
    loaded = [tasks.load(name) for name in NAMES]
    kinds = Counter(task.kind for task in loaded)
    assert kinds == {"create": 6, "repair": 9, "near-miss": 4}
    created = {task.engine for task in loaded if task.kind == "create"}
    assert created == {"postgres", "mysql", "mongodb", "sqlite", "memory"}
    rules = {word for task in loaded for word in task.title.split() if word.startswith("(CKS")}
    assert rules == {f"(CKS00{number})" for number in range(1, 7)}


@pytest.mark.parametrize("name", NAMES)
def test_each_has_what_an_agent_needs_and_what_a_grader_needs(name: str) -> None:
    task = tasks.load(name)
    files = task.files()
    assert task.prompt.strip()
    assert [file for file in files if file.startswith("tests/test_")]
    assert ("eval_store.py" in task.hidden()) == bool(task.contract)
    assert not set(files) & set(task.hidden())
    assert bool(task.forbidden) == (task.kind == "near-miss")
    assert bool(task.contract) == (task.kind != "near-miss")
    allowed = GitIgnoreSpec.from_lines(task.may_change)
    for file in files:
        assert not (file.startswith("tests/") and allowed.match_file(file)), "its tests are fixed"


@pytest.mark.parametrize("name", [name for name in NAMES if name.startswith("repair-")])
def test_a_repair_asks_for_changes_that_it_allows(name: str) -> None:
    task = tasks.load(name)
    given, wanted = task.files(), task.solution()
    changed = [file for file in wanted if given[file] != wanted[file]]
    assert changed
    assert list(GitIgnoreSpec.from_lines(task.may_change).match_files(changed)) == changed


def test_no_prompt_names_the_skill_or_its_tools() -> None:
    """Whoever has the skill must find it by itself, and whoever has not must not look for it."""
    for name in NAMES:
        prompt = tasks.load(name).prompt.lower()
        for word in ("store-lint", "store-new", "store-contract", "skill", "cks0", "contract"):
            assert word not in prompt, name


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("title = 'a'\n", "prompt"),
        ("title = 'a'\nkind = 'other'\n", "kind"),
        ("title = \n", "task.toml"),
        ("titel = 'a'\n", "titel"),
    ],
)
def test_wrong_data_is_said_with_its_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, said: str
) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "task.toml").write_text(text)
    monkeypatch.setattr(tasks, "TASKS", tmp_path)
    with pytest.raises(TaskError, match=said):
        tasks.load("mine")
    with pytest.raises(TaskError, match="there is no task 'other'; there are: mine"):
        tasks.load("other")


def test_a_fault_that_fits_nowhere_is_an_error() -> None:
    from dataclasses import replace

    task = replace(
        tasks.load("repair-config-class"), faults=(Break("helpdesk/chat.py", "nowhere", ""),)
    )
    with pytest.raises(TaskError, match=r"helpdesk/chat\.py does not hold once: 'nowhere'"):
        task.files()
