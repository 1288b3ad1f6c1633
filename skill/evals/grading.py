"""The grader: what an agent made of a task, judged by lint, contract, tests and the diff, and no model.

The folder itself is not touched. Everything runs on a copy, in which the application's own tests stand
as the task had them, whatever the agent did to them.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import subprocess
import sys
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

from pathspec import GitIgnoreSpec

from skill.evals.databases import VARIABLES, fresh, missing
from skill.evals.task import HOME, write

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from skill.evals.task import Task

SCHEMA: Final = 1
"""The version of the JSON's shape; it is raised when a key changes its meaning or goes away."""
_ROOT: Final = HOME.parents[1]
_SECONDS: Final = 600
_IGNORED: Final = GitIgnoreSpec.from_lines(
    [
        ".git/", "__pycache__/", "*.pyc", ".venv/", "venv/", ".pytest_cache/", ".ruff_cache/",
        ".mypy_cache/", ".hypothesis/", "*.egg-info/", "node_modules/", ".DS_Store", "uv.lock",
        ".agents/", ".claude/", ".codex/", ".cursor/", ".gemini/", "*.db", "*.db-wal", "*.db-shm",
    ]
)  # fmt: skip
"""What no agent writes by hand, or what its own tools leave behind: no part of the work."""

_SILENCED: Final = re.compile(rb"#\s*store-lint\s*:")

Outcome = Literal["passed", "failed", "skipped"]


@dataclass(frozen=True)
class Check:
    """One of the questions that a task is judged by."""

    name: str
    outcome: Outcome
    detail: str
    """In a line: what was found, or why the question could not be asked."""
    items: tuple[str, ...] = ()
    """Each fault, a line each."""


@dataclass(frozen=True)
class Grade:
    """The judgement on one folder."""

    task: str
    folder: str
    passed: bool | None
    """None where a check that decides was skipped, and none failed."""
    checks: tuple[Check, ...]
    added_lines: int
    removed_lines: int
    """Lines that the agent's files have and the task's have not, and the other way round."""

    def as_json(self) -> str:
        """One JSON object."""
        return json.dumps({"schema": SCHEMA, **asdict(self)}, indent=2) + "\n"


def grade(folder: Path, task: Task) -> Grade:
    """Judge what stands in `folder`. Raises OSError where it cannot be read."""
    given, found = task.files(), _found(folder)
    added = {name: data for name, data in found.items() if given.get(name) != data}
    checks = [_diff(task, given, found)]
    if task.forbidden:
        checks.append(_trace(task, given, added))
    with tempfile.TemporaryDirectory(prefix="evals-", ignore_cleanup_errors=True) as temporary:
        copy = Path(temporary, "copy")
        tests = {name: data for name, data in given.items() if name.startswith("tests/")}
        write(found | tests | task.hidden(), copy)
        lack = missing(task.engine)
        if task.contract:
            checks.append(_lint(copy, given, found))
            checks.append(Check("contract", "skipped", lack) if lack else _contract(copy, task))
        checks.append(Check("tests", "skipped", lack) if lack else _tests(copy, task, tests))
    outcomes = {check.outcome for check in checks}
    passed = False if "failed" in outcomes else None if "skipped" in outcomes else True
    more, fewer = _lines(given, found)
    return Grade(task.name, str(folder), passed, tuple(checks), more, fewer)


def _found(folder: Path) -> dict[str, bytes]:
    files: dict[str, bytes] = {}
    for top, folders, names in os.walk(folder):
        inside = Path(top).relative_to(folder)
        folders[:] = [f for f in folders if not _IGNORED.match_file((inside / f).as_posix() + "/")]
        for name in names:
            path = (inside / name).as_posix()
            if not _IGNORED.match_file(path) and (folder / path).is_file():
                files[path] = (folder / path).read_bytes()
    return files


def _diff(task: Task, given: Mapping[str, bytes], found: Mapping[str, bytes]) -> Check:
    """Whether only what the task allows was added, changed or deleted, and anything at all."""
    allowed = GitIgnoreSpec.from_lines(task.may_change)
    touched = sorted(name for name in {*given, *found} if given.get(name) != found.get(name))
    wrong = [name for name in touched if not allowed.match_file(name)]
    if wrong:
        how = {True: {True: "changed", False: "deleted"}, False: {True: "added", False: ""}}
        items = tuple(f"{how[name in given][name in found]} {name}" for name in wrong)
        return Check("diff", "failed", f"{len(wrong)} files touched that the task leaves alone", items)
    if not touched:
        return Check("diff", "failed", "nothing was changed")
    return Check("diff", "passed", f"{len(touched)} files touched, all of them the task's")


def _trace(task: Task, given: Mapping[str, bytes], added: Mapping[str, bytes]) -> Check:
    """Whether the skill was applied where it has no business."""
    words = re.compile("|".join(task.forbidden))
    items = tuple(
        f"{name}: {word}"
        for name, data in sorted(added.items())
        for word in sorted(
            set(words.findall(data.decode("utf-8", "replace")))
            - set(words.findall(given.get(name, b"").decode("utf-8", "replace")))
        )
    )
    if items:
        return Check("no store", "failed", "a ChatKit store was made where none belongs", items)
    return Check("no store", "passed", "no trace of a ChatKit store")


def _lint(copy: Path, given: Mapping[str, bytes], found: Mapping[str, bytes]) -> Check:
    """Whether store-lint finds no error, with nothing silenced by a comment or by configuration."""
    named = sorted(name for name in found if name.endswith(".py"))
    with tempfile.NamedTemporaryFile(suffix=".toml") as no_settings:
        command = [sys.executable, "-m", "store_lint", "--config", no_settings.name]
        done = _run(copy, [*command, "--format", "json", *named])
    if done.returncode not in (0, 1):
        return Check("lint", "failed", "store-lint could not check everything", _tail(done))
    errors = [
        f"{finding['path']}:{finding['span']['line']} {finding['rule']} {finding['message']}"
        for finding in json.loads(done.stdout)["findings"]
        if finding["severity"] == "error"
    ]
    silenced = [
        f"{name} silences a finding"
        for name in named
        if len(_SILENCED.findall(found[name])) > len(_SILENCED.findall(given.get(name, b"")))
    ]
    if errors or silenced:
        detail = f"{len(errors)} errors, {len(silenced)} files that silence findings"
        return Check("lint", "failed", detail, (*errors, *silenced))
    return Check("lint", "passed", "store-lint finds no error")


def _contract(copy: Path, task: Task) -> Check:
    command = [sys.executable, "-m", "store_contract", "eval_store:make_store", "--format", "json"]
    done = _run(copy, [*command, *task.contract], {"EVALS_ENGINE": task.engine})
    if done.returncode not in (0, 1):
        return Check("contract", "failed", "store-contract could not make the store", _tail(done))
    document = json.loads(done.stdout)
    counts: dict[str, int] = document["counts"]
    items = tuple(
        f"{case['name']}: {case['reason']}" for case in document["cases"] if case["outcome"] == "broken"
    )
    detail = f"{counts['held']} held, {counts['broken']} broken of {len(document['cases'])} cases"
    if items or not counts["held"]:
        return Check("contract", "failed", detail, items)
    return Check("contract", "passed", detail)


def _tests(copy: Path, task: Task, tests: Mapping[str, bytes]) -> Check:
    named = sorted(name for name in tests if Path(name).name.startswith("test_"))
    # Nothing that an agent configured decides which tests run.
    alone = ["-c", os.devnull, "--rootdir", ".", "--noconftest", "-p", "no:cacheprovider"]
    command = [sys.executable, "-m", "pytest", "-q", "-rfEs", *alone, *named]

    async def run() -> subprocess.CompletedProcess[str]:
        async with fresh(task.engine) as url:
            return await asyncio.to_thread(_run, copy, command, {"DATABASE_URL": url} if url else {})

    done = asyncio.run(run())
    lines = done.stdout.splitlines()
    summary = lines[-1].strip("= ") if lines else "pytest said nothing"
    counts = {word: int(number) for number, word in re.findall(r"(\d+) (\w+)", summary)}
    if done.returncode == 0 and counts.get("passed") and not counts.get("skipped"):
        return Check("tests", "passed", summary)
    items = tuple(line for line in lines if line.startswith(("FAILED ", "ERROR tests/", "SKIPPED ")))
    return Check("tests", "failed", summary, items or _tail(done))


def _run(
    copy: Path, command: Sequence[str], changes: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run a command in the copy; what does not end in time has failed."""
    kept = {*VARIABLES.values(), "PATH", "HOME", "LANG", "SYSTEMROOT", "TMPDIR"}
    environment = {name: value for name, value in os.environ.items() if name in kept}
    environment |= {
        "PYTHONPATH": os.pathsep.join((str(copy), str(_ROOT / "checker"), str(_ROOT))),
        "PYTHONDONTWRITEBYTECODE": "1",
        **(changes or {}),
    }
    try:
        return subprocess.run(
            command,
            cwd=copy,
            env=environment,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            timeout=_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return subprocess.CompletedProcess(command, 124, "", f"did not end within {_SECONDS} s")


def _tail(done: subprocess.CompletedProcess[str]) -> tuple[str, ...]:
    return tuple((done.stderr.strip() or done.stdout.strip()).splitlines()[-5:])


def _lines(given: Mapping[str, bytes], found: Mapping[str, bytes]) -> tuple[int, int]:
    import difflib

    more = fewer = 0
    for name in {*given, *found}:
        before, after = (files.get(name, b"").splitlines() for files in (given, found))
        if before == after:
            continue
        for sign in _signs(difflib.unified_diff(_texts(before), _texts(after), n=0)):
            more, fewer = more + (sign == "+"), fewer + (sign == "-")
    return more, fewer


def _signs(diff: Iterator[str]) -> Iterator[str]:
    return (line[0] for line in diff if line[0] in "+-" and line[:3] not in ("+++", "---"))


def _texts(lines: list[bytes]) -> list[str]:
    return [line.decode("utf-8", "replace") for line in lines]


def table(grades: Sequence[Grade]) -> str:
    """The grades for people: a line for each check, then each fault."""
    from io import StringIO

    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    out = StringIO()
    console = Console(file=out, width=4_000, highlight=False)
    rows = Table(box=None, pad_edge=False)
    for title in ("task", "check", "outcome", "detail"):
        rows.add_column(title)
    for judged in grades:
        for check in judged.checks:
            rows.add_row(*map(Text, (judged.task, check.name, check.outcome, check.detail)))
    console.print(rows)
    for judged in grades:
        for check in judged.checks:
            for item in check.items:
                console.print(Text(f"  {check.name}: {item}"))
        console.print(Text(f"{judged.task}: {verdict(judged.passed)}, {_size(judged)}"))
    return "\n".join(line.rstrip() for line in out.getvalue().splitlines()) + "\n"


def verdict(passed: bool | None) -> str:
    """How a judgement is said."""
    return {True: "passed", False: "failed", None: "not decided, checks were skipped"}[passed]


def _size(judged: Grade) -> str:
    return f"{judged.added_lines} lines added, {judged.removed_lines} removed"


def as_dict(judged: Grade) -> dict[str, Any]:
    """The grade as data, for the results of a run."""
    return asdict(judged)
