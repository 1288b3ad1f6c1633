"""The command as agents and people use it: what it prints, and its exit code."""

from __future__ import annotations

import json
import sys
import time
from typing import TYPE_CHECKING, NamedTuple

import pytest

from store_contract import cli

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from subprocess import CompletedProcess

    Run = Callable[..., CompletedProcess[str]]
    Command = Callable[..., "Done"]


class Done(NamedTuple):
    """What a command printed, and its exit code."""

    returncode: int
    stdout: str
    stderr: str


@pytest.fixture
def command(app: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    """The command in this process, which has imported already what takes seconds to import."""
    monkeypatch.chdir(app)
    monkeypatch.setattr(sys, "path", [str(app), *sys.path])
    monkeypatch.delitem(sys.modules, "stores", raising=False)

    def start(*arguments: str) -> Done:
        code = cli.main(arguments)
        out, error = capsys.readouterr()
        return Done(code, out, error)

    return start


@pytest.mark.parametrize("factory", ["make_store", "make_awaited", "make_entered"])
def test_a_right_store_holds_whatever_form_its_factory_has(command: Command, factory: str) -> None:
    done = command(f"stores:{factory}", "--select", "C15,C48", "--profile", "house")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[-1].startswith(f"stores:{factory}: 5 held, 0 broken")


def test_a_broken_store_is_told_why_and_how_to_mend_it(command: Command) -> None:
    done = command("stores:make_inserting", "--select", "C15_add", "--select", "C16")
    assert (done.returncode, done.stderr) == (1, "")
    lines = done.stdout.splitlines()
    reason = "add_thread_item raised RuntimeError: UNIQUE constraint failed: items.id"
    assert lines[0].split(maxsplit=2) == ["C15_add_is_idempotent", "broken", reason]
    assert [line.split()[1] for line in lines[:3]] == ["broken", "held", "held"]
    assert any(line.startswith("  mend:") and "upsert" in line for line in lines)
    assert "2 held, 1 broken, 0 declared missing" in lines[-1]


def test_json_holds_every_case(command: Command) -> None:
    done = command("stores:make_inserting", "--select", "C15", "--format", "json")
    assert done.returncode == 1
    report = json.loads(done.stdout)
    assert report["schema"] == 1
    assert report["exit_code"] == 1
    assert report["counts"] == {"held": 0, "broken": 2, "missing": 0, "not_applicable": 0}
    case = report["cases"][0]
    assert (case["id"], case["name"], case["profile"]) == ("C15", "C15_add_is_idempotent", "upstream")
    assert case["outcome"] == "broken"
    assert case["reason"]
    assert "\n" not in case["reason"]


def test_what_is_declared_missing_is_no_failure_and_shows(command: Command) -> None:
    selected = ("--select", "C39,C40,C29_random,C43_every")
    undeclared = command("stores:make_without_attachments", *selected)
    assert undeclared.returncode == 1
    assert "6 broken, 0 declared missing" in undeclared.stdout
    declaration = "attachments=no uploads in this application"
    declared = command("stores:make_without_attachments", *selected, "--unsupported", declaration)
    assert declared.returncode == 0
    assert "2 held, 0 broken, 5 declared missing" in declared.stdout
    assert "declared missing  no uploads in this application" in declared.stdout


def test_a_declaration_that_is_not_needed_is_noted(command: Command) -> None:
    done = command("stores:make_store", "--select", "C15_add", "--unsupported", "C15=later")
    assert done.returncode == 0
    assert "later (yet it holds: the declaration can go)" in done.stdout


def test_a_case_that_cannot_be_run_shows_as_such(command: Command) -> None:
    done = command("stores:make_store", "--select", "C44_reopened")
    assert done.returncode == 0
    assert "0 held, 0 broken, 0 declared missing, 1 not applicable" in done.stdout
    assert "no `second_store` was given" in done.stdout


@pytest.mark.parametrize("factory", ["make_waiting", "make_blocking"])
def test_a_store_that_hangs_is_a_failure_and_no_hang(run: Run, factory: str) -> None:
    started = time.monotonic()
    done = run("store_contract", f"stores:{factory}", "--select", "C12_unknown", "--timeout", "0.5")
    assert done.returncode == 1
    assert "broken  did not end within 0.5 s" in done.stdout
    assert time.monotonic() - started < 30


def test_contexts_are_the_applications_own(command: Command) -> None:
    with_defaults = command("stores:make_by_org", "--select", "C12_foreign")
    assert with_defaults.returncode == 1
    options = ("--contexts", "stores:two_orgs")
    assert command("stores:make_by_org", "--select", "C12_foreign", *options).returncode == 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("stores:make_stor",), "stores has no 'make_stor'"),
        (("stories:make_store",), "there is no module 'stories'"),
        (("stores",), "is not of the form module:attribute"),
        (("stores:one_store",), "a MemoryStore, which cannot be called"),
        (("stores:make_nothing",), "make_store failed: ConnectionError: no database at all"),
        (("stores:make_dict",), "make_store gave a dict, which is no ChatKit store"),
        (("stores:make_the_same",), "make_store gave a store that is not empty"),
        (("stores:make_store", "--select", "C99"), "no case begins with 'C99'"),
        (("stores:make_store", "--select", "C47"), "only `--profile house` has it"),
        (("stores:make_store", "--unsupported", "C99=why"), "'C99' is no case, id"),
        (("stores:make_store", "--unsupported", "C41"), "is declared as 'C41=the reason'"),
        (("stores:make_store", "--contexts", "stores:make_store"), "contexts must give two contexts"),
    ],
)
def test_wrong_usage_is_one_clear_line(command: Command, arguments: tuple[str, ...], said: str) -> None:
    done = command(*arguments)
    assert done.returncode == 2
    assert done.stdout == ""
    assert said in done.stderr
    assert done.stderr.startswith("store-contract: error: ")
    assert done.stderr.count("\n") == 1


def test_cases_are_listed_and_explained(command: Command) -> None:
    listed = command("--list")
    assert listed.returncode == 0
    assert "C15_add_is_idempotent" in listed.stdout
    assert "C47_" not in listed.stdout
    explained = command("--explain", "C15_add,C47")
    assert "C47_a_context_without_tenant_is_refused (house)" in explained.stdout
    assert "  why:    agents.py, `stream_agent_response`" in explained.stdout
