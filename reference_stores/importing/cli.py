"""The command: arguments in, exit code out."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import logging
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Sequence

    from reference_stores.importing.copying import Outcome

_EPILOG = """\
What is there already stays as it is: an import may be stopped, and run again. Each thread is read back
and compared. STORE, and each MODULE:ATTR, is looked for from the current folder.

exit codes:
  0  everything is there, and was read back equal
  1  something could not be moved; each is named with the reason
  2  wrong usage, or the source or the store cannot be used

examples:
  store-import tables old.db --into app.stores.sqlite:make_store
  store-import tables postgresql://localhost/old --into app.stores.postgres:make_store
  store-import store app.old:make_store --contexts app.old:all_users --into app.stores.sqlite:make_store
  store-import jsonl alice.jsonl --tenant alice --into app.stores.sqlite:make_store
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; `argv` defaults to the arguments of the process.

    Returns the exit code that `--help` explains. Raises SystemExit as argparse does.
    """
    parser = _parser()
    arguments = parser.parse_args(argv)
    if arguments.kind == "store" and not arguments.contexts:
        parser.error("store needs --contexts: the contexts whose conversations to move")
    if arguments.kind == "jsonl" and arguments.tenant is None:
        parser.error("jsonl needs --tenant: whose conversations these are")
    logging.getLogger().addHandler(logging.NullHandler())  # stores may log; stdout is for the report
    try:
        from reference_stores.importing.records import SourceError
        from store_contract.target import TargetError
    except ImportError as error:
        return _refused(f"{error.name or error} is missing: pip install openai-chatkit")
    try:
        with contextlib.redirect_stdout(sys.stderr):
            outcome = asyncio.run(_run(arguments))
    except (TargetError, SourceError) as error:
        return _refused(str(error))
    print(_as_json(outcome) if arguments.format == "json" else _as_text(outcome))
    return 1 if outcome.problems else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="store-import",
        description="Move conversations into a ChatKit store, with their ids, order and times.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    add = parser.add_argument
    add("kind", choices=("tables", "store", "jsonl"), help="what the source is")
    add(
        "source",
        help="tables: a file of SQLite or a URL of PostgreSQL, laid out as openai-chatkit's samples; "
        "store: MODULE:ATTR, which makes one; jsonl: a file as export_tenant gives it",
    )
    add(
        "--into",
        required=True,
        metavar="STORE",
        help="what makes the new store, as app.stores:make_store",
    )
    add("--contexts", metavar="MODULE:ATTR", help="store: contexts, or a function that gives them")
    add("--tenant", metavar="NAME", help="jsonl, tables without user_id: whose conversations these are")
    add(
        "--context",
        metavar="MODULE:ATTR",
        help='a function that makes a context from a tenant\'s name (default: {"user_id": NAME})',
    )
    add("--format", choices=("text", "json"), default="text", help="how the outcome is printed")
    return parser


async def _run(arguments: argparse.Namespace) -> Outcome:
    from reference_stores.importing import sources
    from reference_stores.importing.copying import copy
    from store_contract.contexts import Context
    from store_contract.target import TargetError, load_attribute, open_store

    context_of: Callable[[str], Any] = lambda name: Context(user_id=name)  # noqa: E731
    if arguments.context:
        context_of = load_attribute(arguments.context, "the context")
    make_store = load_attribute(arguments.into, "the new store")
    async with contextlib.AsyncExitStack() as stack:
        source: Any
        if arguments.kind == "tables":
            source = await sources.tables(arguments.source, context_of, arguments.tenant, stack)
        elif arguments.kind == "jsonl":
            source = sources.JsonLines(Path(arguments.source), context_of(arguments.tenant))
        else:
            make_source = load_attribute(arguments.source, "the source")
            given: Any = load_attribute(arguments.contexts, "the contexts")
            contexts: list[Any] = list(cast("Any", given)() if callable(given) else given)
            source = sources.FromStore(await open_store(make_source, stack, "the source"), contexts)
        total = await source.count()
        into = await open_store(make_store, stack, "the new store")
        if not callable(context_of):
            raise TargetError(f"{arguments.context} cannot be called")
        with _progress(total) as progress:
            return await copy(source.records(), into, progress)


@contextlib.contextmanager
def _progress(total: int | None) -> Generator[Callable[[Outcome], None]]:
    """A bar on stderr, where somebody looks at it."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    console = Console(stderr=True)
    columns = (TextColumn("threads"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(
        *columns,
        TextColumn("{task.fields[items]} items"),
        console=console,
        disable=not console.is_terminal,
    ) as bar:
        task = bar.add_task("threads", total=total, items=0)
        yield lambda outcome: bar.update(task, completed=outcome.threads, items=outcome.items)


def _as_json(outcome: Outcome) -> str:
    return json.dumps(
        {
            "tool": "store-import",
            "threads": outcome.threads,
            "items": outcome.items,
            "attachments": outcome.attachments,
            "new": outcome.new,
            "kept": outcome.kept,
            "problems": [{"where": one.where, "why": one.why} for one in outcome.problems],
        },
        indent=2,
    )


def _as_text(outcome: Outcome) -> str:
    lines = [f"not moved: {one.where}: {one.why}" for one in outcome.problems]
    lines += [f"left as it is: {one}, which has changed there" for one in outcome.kept]
    said = f"{outcome.threads} threads, {outcome.items} items, {outcome.attachments} attachments"
    new = f"{outcome.new} of them new" if outcome.new else "all were there already"
    end = f"{len(outcome.problems)} could not be moved" if outcome.problems else "all read back equal"
    if outcome.kept and not outcome.problems:
        end = f"all read back, {len(outcome.kept)} had changed there"
    return "\n".join([*lines, f"{said}; {new}; {end}"])


def _refused(message: str) -> int:
    print(f"store-import: error: {message}", file=sys.stderr)
    return 2
