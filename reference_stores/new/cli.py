"""The command: arguments in, exit code out."""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reference_stores.new.engines import BY_NAME, ENGINES
from reference_stores.new.problem import InTheWayError, UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from reference_stores.new.plan import Plan
    from reference_stores.new.write import Action

_EPILOG = """\
It writes ENGINE.py (the class, and at its end the application's own part: tenant_of and make_store),
shared.py, and a contract test; it reads the application's source, runs none of it, and says what it
assumed.

exit codes:
  0  written (with --dry-run: could be written)
  1  nothing was written: a file is in the way, or a folder cannot be written to
  2  nothing was written: wrong usage, or something must be said that the source does not show

examples:
  store-new sqlite app/stores
  store-new postgres src/stores --class AppStore --settings src.config:settings.database_url \\
      --tenant 'ctx["user_id"]' --with serving
  store-new mongodb app/stores --tenant '"app"'          # one tenant: all users share everything
  store-new mysql app/stores --dry-run --format json
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; `argv` defaults to the arguments of the process.

    Returns the exit code that `--help` explains. Raises SystemExit as argparse does.
    """
    arguments = _parser().parse_args(argv)
    from reference_stores.new import plan as planning
    from reference_stores.new import write

    engine = BY_NAME[arguments.engine]
    wish = planning.Wish(
        engine=engine,
        target=Path(arguments.target),
        class_name=arguments.class_name or engine.class_name,
        settings=arguments.settings,
        pool=arguments.pool,
        tenant=arguments.tenant,
        extras=tuple(dict.fromkeys(arguments.extras)),
        agents_md=arguments.agents_md,
    )
    try:
        plan = planning.make(wish)
        actions = write.actions(plan.files, force=arguments.force, may_change=plan.added_to)
        if not arguments.dry_run:
            write.write(
                {path: plan.files[path] for path, action in actions.items() if action != "keep"}
            )
    except UsageError as error:
        return _refused(arguments.format, str(error), 2)
    except InTheWayError as error:
        return _refused(arguments.format, str(error), 1)
    report = _report(plan, actions, dry_run=arguments.dry_run)
    try:
        if arguments.format == "json":
            print(json.dumps(report, indent=2))
        else:
            _print_text(report)
        sys.stdout.flush()
    except (BrokenPipeError, SystemExit):  # so rich ends where the reader has gone; it is written
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="store-new",
        description="Write a ChatKit store, and the test that proves it, into an application.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    add = parser.add_argument
    add("engine", choices=[engine.name for engine in ENGINES], help="the database")
    add("target", metavar="TARGET_DIR", help="the folder of the application that gets the store")
    add(
        "--class",
        dest="class_name",
        metavar="NAME",
        help="the name of the class (default: the engine's)",
    )
    add(
        "--settings",
        metavar="MODULE:OBJECT.ATTRIBUTE",
        help="what holds the database's URL, or the file's path (default: looked for)",
    )
    add(
        "--pool",
        action="store_true",
        help="make_store takes a pool or client that the application has, in place of a URL",
    )
    add(
        "--tenant",
        metavar="EXPR",
        help="whose data a request may see: an expression of the request context, as 'ctx.user_id'; "
        "a text in quotes for an application with one tenant (default: looked for)",
    )
    add(
        "--with",
        dest="extras",
        action="append",
        default=[],
        choices=["serving", "encryption"],
        help="also write serving.py (keeps the answer of a client that hangs up) or encryption.py",
    )
    add("--agents-md", action="store_true", help="add ten lines about the store to AGENTS.md")
    add("--dry-run", action="store_true", help="say what would be written, and write nothing")
    add("--force", action="store_true", help="replace files that are there with other content")
    add("--format", choices=("text", "json"), default="text", help="how the outcome is printed")
    return parser


def _report(plan: Plan, actions: Mapping[Path, Action], *, dry_run: bool) -> dict[str, Any]:
    application = plan.application
    return {
        "tool": "store-new",
        "engine": plan.wish.engine.name,
        "class": plan.wish.class_name,
        "written": not dry_run,
        "project": str(application.top),
        "files": [
            {"path": application.shown(path), "action": action, "lines": plan.files[path].count("\n")}
            for path, action in actions.items()
        ],
        "own": plan.own,
        "use": plan.use,
        "assumed": plan.assumed,
        "notes": plan.notes,
        "requirements": plan.requirements,
        "next": plan.commands,
    }


def _print_text(report: Mapping[str, Any]) -> None:
    from rich.console import Console
    from rich.markup import escape
    from rich.syntax import Syntax

    console = Console(highlight=False, soft_wrap=True)
    done = "written" if report["written"] else "would be written"
    console.print(
        f"[bold]{report['class']}[/] ({report['engine']}) {done} in {escape(report['project'])}"
    )
    for file in report["files"]:
        console.print(f"  {file['action']:9} {escape(file['path'])} [dim]({file['lines']} lines)[/]")
    console.print("\n[bold]The application's own part[/], at the end of the store's file:")
    if console.is_terminal:
        console.print(Syntax(report["own"].rstrip(), "python", background_color="default"))
    else:
        console.print(report["own"].rstrip(), markup=False)
    for title, lines in (
        ("Assumed", report["assumed"]),
        ("Note", report["notes"]),
        ("To add to the application's requirements", report["requirements"]),
        (f"Next, in {report['project']}", [f"{k}: {command}" for k, command in report["next"].items()]),
        ("In the application", [report["use"]]),
    ):
        if lines:
            console.print(f"\n[bold]{escape(title)}[/]")
            for line in lines:
                console.print(f"  {line}", markup=False)


def _refused(form: str, message: str, code: int) -> int:
    if form == "json":
        print(json.dumps({"tool": "store-new", "written": False, "error": message}))
    print(f"store-new: {message}", file=sys.stderr)
    return code
