"""`store-lint hook`: what a coding agent runs after each edit, so that it hears of an error at once.

The agent's event comes as JSON on stdin. What is wrong with the edited file, and what the edit broke in
the files that import it, goes to stderr with exit code 2, the one way that reaches the model in Claude
Code; a file that has nothing to do with a store costs it nothing. Read are the events of

- Claude Code (PostToolUse: `tool_input.file_path`, `cwd`; code.claude.com/docs/en/hooks), Gemini CLI
  (AfterTool: the same; geminicli.com/docs/hooks/reference);
- Codex (PostToolUse of `apply_patch`: a patch in `tool_input.command`;
  developers.openai.com/codex/hooks);
- GitHub Copilot (postToolUse: `toolArgs` with `path`;
  docs.github.com/copilot/reference/hooks-reference) and Cursor (postToolUse, afterFileEdit:
  `file_path`, `workspace_roots`; cursor.com/docs/agent/hooks), whose postToolUse takes what the model
  shall read as JSON on stdout with exit code 0.

The process starts anew for each edit, so nothing is imported before a file is worth it.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, cast

from store_lint.report.terminal import write

if TYPE_CHECKING:
    from collections.abc import Iterator

    from store_lint.finding import Finding, Report
    from store_lint.tree.layout import Layout

_ARGUMENTS: Final = ("tool_input", "toolArgs")
_PATHS: Final = ("file_path", "filePath", "path")
_PATCHED: Final = r"^\*\*\* (?:(?:Add|Update) File|Move to): (.+?)[ \t\r]*$"
_EARLY: Final = ("pre", "before")
"""How events are named that come before the edit, when there is nothing yet to check."""
_USAGE: Final = (
    "store-lint hook: error: expected the event of a coding agent on stdin, as JSON, for example "
    """{"cwd": "/project", "tool_input": {"file_path": "src/store.py"}}; """
    "to check files yourself: store-lint PATH (a folder called hook: store-lint ./hook)\n"
)


def main() -> int:
    """Check what the event on stdin says was edited.

    Returns 2 where errors were found, and they are on stderr for the model (0 and stdout for the
    agents that read them there); 0 where there is nothing to say; 1, which agents show to the person
    and not to the model, where the event or the configuration cannot be read or something kept a file
    from being checked.
    """
    event = _event()
    if event is None:
        write(_USAGE, sys.stderr)
        return 1
    folder = _folder(event)
    edited = list(dict.fromkeys(_edited(event, folder)))
    if not edited:
        return 0
    from store_lint.config import ConfigError

    try:
        report, strict = _checked(edited, folder)
    except ConfigError as error:
        write(f"store-lint hook: error: {error}\n", sys.stderr)
        return 1
    code, said = _answer(report, frozenset(edited), folder, strict=strict)
    key = _context_key(event)
    if code == 2 and key is not None:
        write(json.dumps({key: said}) + "\n", sys.stdout)
        return 0
    write(said, sys.stderr)
    return code


def _event() -> dict[str, Any] | None:
    if sys.stdin is None or sys.stdin.isatty():  # pyright: ignore[reportUnnecessaryComparison] - a closed stdin
        return None
    try:
        event: object = json.loads(sys.stdin.buffer.read())
    except (ValueError, RecursionError):
        return None
    return cast("dict[str, Any]", event) if isinstance(event, dict) else None


def _context_key(event: dict[str, Any]) -> str | None:
    """Under which key of JSON on stdout the agent takes what its model shall read; None: on stderr."""
    if "toolName" in event:
        return "additionalContext"  # Copilot
    return "additional_context" if event.get("hook_event_name") == "postToolUse" else None  # Cursor


def _folder(event: dict[str, Any]) -> str:
    """Where the agent works."""
    roots: object = event.get("workspace_roots")
    for folder in (event.get("cwd"), *(cast("list[object]", roots) if isinstance(roots, list) else ())):
        if isinstance(folder, str) and os.path.isdir(folder):
            return os.path.abspath(folder)
    return os.getcwd()


def _edited(event: dict[str, Any], folder: str) -> Iterator[str]:
    """The absolute paths of the Python files that the event says were written."""
    name: object = event.get("hook_event_name")
    if isinstance(name, str) and name.lower().startswith(_EARLY):
        return
    for path in _named(event):
        absolute = os.path.abspath(os.path.join(folder, path))
        if absolute.endswith(".py") and os.path.isfile(absolute):
            yield absolute


def _named(event: dict[str, Any]) -> Iterator[str]:
    for given in (event, *(event.get(key) for key in _ARGUMENTS)):
        arguments: object = given
        if isinstance(arguments, str):
            yield from _patched(arguments)
            try:
                arguments = json.loads(arguments)  # Copilot may send the arguments as they came
            except (ValueError, RecursionError):
                continue
        if not isinstance(arguments, dict):
            continue
        for key, value in cast("dict[str, object]", arguments).items():
            if not isinstance(value, str):
                continue
            if key in _PATHS:
                yield value
            elif key not in _ARGUMENTS:
                yield from _patched(value)


def _patched(text: str) -> list[str]:
    """The files that a patch of Codex's form adds or changes."""
    if "*** " not in text:
        return []
    import re

    return re.findall(_PATCHED, text, re.MULTILINE)


def _checked(edited: list[str], folder: str) -> tuple[Report, bool]:
    """The report on the edited files, and whether warnings count. Raises ConfigError."""
    from store_lint import config, engine
    from store_lint.chatkit_api import UnknownReleaseError
    from store_lint.tree.layout import Layout

    settings = config.load(Path(edited[0]))
    layout = Layout()
    tops = dict.fromkeys(_top(os.path.dirname(path), folder, layout) for path in edited)
    options = engine.Options(
        paths=tuple(map(Path, tops)),
        select=settings.select,
        ignore=settings.ignore,
        exclude=settings.exclude,
        per_file_ignores=settings.per_file_ignores,
        root=settings.root,
        configured_chatkit_version=settings.chatkit_version,
        guess_settings=settings.guess_settings,
        edited=frozenset(edited),
    )
    try:
        return engine.check(options), settings.strict
    except UnknownReleaseError as error:
        raise config.ConfigError(f"chatkit-version: {error}") from error


def _top(of: str, folder: str, layout: Layout) -> str:
    """The top of the project around a folder, which is walked; never a home or the whole disk."""
    top = layout.project_of(of)
    if top is not None:
        return top
    if f"{of}{os.sep}".startswith(f"{folder}{os.sep}") and folder not in (
        os.path.expanduser("~"),
        os.sep,
    ):
        return folder
    return of


def _answer(report: Report, edited: frozenset[str], folder: str, *, strict: bool) -> tuple[int, str]:
    """The exit code, and what the model must hear."""
    own: list[Finding] = []
    others: list[Finding] = []
    for finding in report.findings:
        if os.path.abspath(finding.path) in edited:
            own.append(finding)
        elif finding.severity == "error":  # a warning elsewhere is not news to whoever edits this file
            others.append(finding)
    failed = any(strict or finding.severity == "error" for finding in own) or bool(others)
    problems = [p.message for p in report.problems if any(path in p.message for path in edited)]
    if not (failed or problems):
        return 0, ""
    from store_lint.report import Look, Outcome, render
    from store_lint.report.one_line import one_line
    from store_lint.report.summary import counted

    said = "".join(f"store-lint: error: {one_line(problem)}\n" for problem in problems)
    code = 1
    if failed:
        code = 2
        shown = report._replace(findings=(*own, *others))
        said += render("agent", Outcome(shown, code, Path(folder)), Look(quiet=True))
        parts = [f"{counted(len(own), 'finding')} in what was edited"] if own else []
        parts += [f"{counted(len(others), 'error')} in files that import it"] if others else []
        said += (
            f"store-lint: {' and '.join(parts)}: mend them before you go on "
            f"(`store-lint --explain {shown.findings[0].rule}` prints a rule's page)\n"
        )
    return code, said
