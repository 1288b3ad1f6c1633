"""The command: arguments in, exit code out."""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from skill.evals import task as tasks
from skill.evals.agents import AGENTS, AgentError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from skill.evals.grading import Grade

_EPILOG = """\
exit codes:
  0  what was graded has passed; or what was asked for was done
  1  what was graded has failed
  2  wrong usage; a task, an agent or a server is missing, so that nothing was decided

The databases are those that CHATKIT_TEST_POSTGRES_URL, CHATKIT_TEST_MYSQL_URL and
CHATKIT_TEST_MONGODB_URL name; new ones are made there and dropped. The grader and an agent run the
code that the agent wrote: do it in a container.
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; returns the exit code that `--help` explains. Raises SystemExit for --help."""
    arguments = _parser().parse_args(argv)
    try:
        return _COMMANDS[arguments.command](arguments)
    except (tasks.TaskError, AgentError, OSError) as error:
        print(f"evals: error: {error}", file=sys.stderr)
        return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m skill.evals",
        description="Tasks for coding agents that write ChatKit stores, and what they made of them.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    commands.add_parser("list", help="list the tasks")
    add = commands.add_parser("set-up", help="write what the agent gets, and its prompt to stdout")
    add.add_argument("folder", type=Path, metavar="FOLDER")
    add.add_argument("--task", required=True, metavar="NAME")
    add = commands.add_parser("grade", help="judge a folder that an agent has worked in")
    add.add_argument("folder", type=Path, metavar="FOLDER")
    add.add_argument("--task", required=True, metavar="NAME")
    add.add_argument("--format", choices=("text", "json"), default="text")
    add = commands.add_parser("run", help="let an agent work on tasks, and grade what it made")
    which = add.add_mutually_exclusive_group(required=True)
    which.add_argument("--agent", choices=tuple(AGENTS), help="an agent's command line that is known")
    which.add_argument(
        "--command-line",
        metavar="WORDS",
        help="another agent's, with {prompt} for the prompt, as in 'agent run {prompt}'",
    )
    add.add_argument("--task", action="append", metavar="NAME", help="repeatable (default: all)")
    add.add_argument(
        "--arm", action="append", choices=("without", "with"), help="the skill (default: both)"
    )
    add.add_argument("--bundle", type=Path, metavar="ZIP", help="what `make bundle` wrote; for `with`")
    add.add_argument("--repeat", type=int, default=1, metavar="N", help="runs of each task and arm")
    add.add_argument("--minutes", type=float, default=30, metavar="N", help="the most a run may take")
    add.add_argument(
        "--work",
        type=Path,
        metavar="FOLDER",
        help="where runs are kept, outside of the repository (default: a new temporary folder)",
    )
    add.add_argument("--results", type=Path, required=True, metavar="FILE", help="runs are added to it")
    add = commands.add_parser("report", help="pass rates, minutes and tokens of a results file")
    add.add_argument("results", type=Path, metavar="FILE")
    return parser


def _list(_: argparse.Namespace) -> int:
    loaded = [tasks.load(name) for name in tasks.names()]
    longest = max(len(task.name) for task in loaded)
    for task in loaded:
        print(f"{task.name:{longest}}  {task.kind:9}  {task.engine or '-':8}  {task.title}")
    return 0


def _set_up(arguments: argparse.Namespace) -> int:
    task = tasks.load(arguments.task)
    folder: Path = arguments.folder
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise tasks.TaskError(f"{folder} is there and not empty; name a new folder")
    tasks.write(task.files(), folder)
    print(task.prompt, end="")
    return 0


def _grade(arguments: argparse.Namespace) -> int:
    from skill.evals.grading import grade, table

    folder: Path = arguments.folder
    if not folder.is_dir():
        raise tasks.TaskError(f"there is no folder {folder}")
    judged = grade(folder, tasks.load(arguments.task))
    print(judged.as_json() if arguments.format == "json" else table([judged]), end="")
    return _code(judged)


def _code(judged: Grade) -> int:
    return {True: 0, False: 1, None: 2}[judged.passed]


def _run(arguments: argparse.Namespace) -> int:
    from skill.evals.running import Plan, run

    plan = Plan(
        command=AGENTS[arguments.agent].command if arguments.agent else arguments.command_line.split(),
        agent=arguments.agent or arguments.command_line.split()[0],
        tasks=tuple(tasks.load(name) for name in arguments.task or tasks.names()),
        arms=tuple(arguments.arm or ("without", "with")),
        bundle=arguments.bundle,
        repeat=arguments.repeat,
        seconds=arguments.minutes * 60,
        work=arguments.work or Path(tempfile.mkdtemp(prefix="evals-")),
        results=arguments.results,
    )
    run(plan)
    return 0


def _report(arguments: argparse.Namespace) -> int:
    from skill.evals.results import read, report

    print(report(read(arguments.results)), end="")
    return 0


_COMMANDS = {"list": _list, "set-up": _set_up, "grade": _grade, "run": _run, "report": _report}
