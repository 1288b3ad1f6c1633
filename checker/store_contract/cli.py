"""The command: arguments in, exit code out."""

from __future__ import annotations

import argparse
import contextlib
import logging
import os
import sys
from functools import partial
from typing import TYPE_CHECKING

from store_contract.arguments import add_arguments

if TYPE_CHECKING:
    from collections.abc import Sequence

    from store_contract.case import Case, Profile
    from store_contract.runner import Result, Runner

_EPILOG = """\
exit codes:
  0  every case held, was declared missing or does not apply
  1  at least one case is broken
  2  wrong usage, or the store cannot be made

STORE, and each MODULE:ATTR, is looked for from the current folder. STORE names a function without
arguments, sync or async or an async context manager, that gives a new, empty, ready store:

  async def make_store():                        # memory
      return MyStore()

  @asynccontextmanager                           # SQLite: a new file for each call
  async def make_store():
      with tempfile.TemporaryDirectory() as folder:
          async with MyStore(f"{folder}/chat.db") as store:
              yield store

  @asynccontextmanager                           # PostgreSQL, MySQL: a new schema for each call;
  async def make_store():                        # MongoDB: a new database
      name = f"contract_{uuid4().hex}"
      async with MyStore(URL, schema=name) as store:
          yield store
          await store.drop_schema()

examples:
  store-contract app.stores:make_store
  store-contract app.stores:make_store --select C15 --select C44_first
  store-contract app.stores:make_store --contexts app.stores:two_users \
      --unsupported 'attachments=no uploads'
  store-contract --explain C15
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; `argv` defaults to the arguments of the process.

    Returns the exit code that `--help` explains. Raises SystemExit as argparse does.
    """
    parser = _parser()
    arguments = parser.parse_args(argv)
    # A store may print and log what it likes: stdout is for the report, and only ours goes to stderr.
    logging.getLogger().addHandler(logging.NullHandler())
    from store_contract.case import UnknownCaseError, select
    from store_contract.options import words
    from store_contract.target import TargetError

    try:
        chosen = select(words([*arguments.select, *arguments.explain]), _profile(arguments))
    except ModuleNotFoundError as error:
        _complain(f"{error.name} is missing: pip install 'chatkit-store-creator[contract]'")
        return 2
    except UnknownCaseError as error:
        _complain(str(error))
        return 2
    if arguments.explain or arguments.list:
        print(_explained(chosen) if arguments.explain else _listed(chosen), end="")
        return 0
    if arguments.store is None:
        parser.error("STORE is missing: the function that makes the store, as in app.stores:make_store")
    try:
        return _run(arguments, chosen)
    except (TargetError, UnknownCaseError) as error:
        _complain(str(error))
        return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="store-contract",
        description="Run an OpenAI ChatKit store and prove that it does what openai-chatkit relies on.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    add = parser.add_argument
    add("store", nargs="?", metavar="STORE", help="what makes the store, as in app.stores:make_store")
    add_arguments(add, "--")
    add("--format", choices=("text", "json"), default="text", help="how the outcome is printed")
    add("--no-color", action="store_true", help="no colour (NO_COLOR works too)")
    add("--list", action="store_true", help="list the cases of the profile")
    add(
        "--explain", action="append", default=[], metavar="CASE", help="print what, why and how to mend"
    )
    return parser


def _run(arguments: argparse.Namespace, cases: tuple[Case, ...]) -> int:
    from store_contract import report
    from store_contract.options import runner_of

    with contextlib.redirect_stdout(sys.stderr):
        runner = runner_of(arguments.store, partial(getattr, arguments))
        results = _results(runner, cases)
    if arguments.format == "json":
        output = report.as_json(results, arguments.store, arguments.profile)
    else:
        terminal = sys.stdout.isatty()
        output = report.text(
            results,
            arguments.store,
            arguments.profile,
            colour=terminal and not arguments.no_color and not os.environ.get("NO_COLOR"),
            width=os.get_terminal_size().columns if terminal else None,
        )
    _write(output)
    code = report.exit_code(results)
    if runner.left_behind():  # a store that hung or cannot be closed would keep the process from ending
        sys.stderr.flush()
        os._exit(code)
    return code


def _results(runner: Runner, cases: tuple[Case, ...]) -> list[Result]:
    results: list[Result] = []
    shown = sys.stderr.isatty()
    try:
        for number, case in enumerate(cases, 1):
            if shown:
                print(f"\r\x1b[K{number}/{len(cases)} {case.name}", end="", file=sys.stderr, flush=True)
            results.append(runner.run(case))
    finally:
        if shown:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)
        runner.close()
    return results


def _profile(arguments: argparse.Namespace) -> Profile:
    return "house" if arguments.explain else arguments.profile


def _listed(cases: tuple[Case, ...]) -> str:
    longest = max(len(case.name) for case in cases)
    return "".join(f"{case.name:{longest}}  {case.profile:8}  {case.what}\n" for case in cases)


def _explained(cases: tuple[Case, ...]) -> str:
    return "\n".join(
        f"{case.name} ({case.profile})\n"
        f"  holds:  {case.what}\n  why:    {case.why}\n  mend:   {case.mend}\n"
        for case in cases
    )


def _write(output: str) -> None:
    """Write the report; neither a reader who has gone nor a poor locale changes the exit code."""
    encoding = sys.stdout.encoding or "utf-8"
    try:
        sys.stdout.write(output.encode(encoding, "backslashreplace").decode(encoding))
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _complain(message: str) -> None:
    print(f"store-contract: error: {message}", file=sys.stderr)
