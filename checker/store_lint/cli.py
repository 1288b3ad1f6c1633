"""The command: arguments in, exit code out.

It costs more to import rich or libcst than to look at a file that has nothing to do with chatkit,
so everything but the parser is imported where it is used.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from store_lint.report import FORMATS, Look, Outcome
from store_lint.report.format_choice import AGENT_VARIABLES, default_format
from store_lint.report.terminal import wants_colour, width, write

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import TextIO

    from store_lint.config import Settings
    from store_lint.engine import Options
    from store_lint.finding import Problem, Report

_EPILOG = """\
exit codes:
  0  no errors (warnings may stand, unless --strict is given)
  1  errors found; with --diff, the sure edits would change something
  2  wrong usage, or something could not be checked, read or written

RULE is an id (CKS004), a name (unguarded-pool) or the beginning of ids (CKS0). Separate several by
commas or repeat the option. --select replaces the select and ignore of the configuration; --ignore
and --exclude add to it.

configuration:
  [tool.store-lint] of the nearest pyproject.toml has the keys select, ignore, exclude,
  per-file-ignores (a table of patterns and lists of rules), chatkit-version, guess-settings,
  strict, format. Patterns are relative to the folder of that file.

Without --format, output is `agent` if one of these environment variables is set, else `text`:
  {agents}

examples:
  store-lint                                check the current folder
  store-lint --fix src/store.py             make the sure edits, show what is left
  store-lint --diff | git apply             the same through a patch
  store-lint --explain CKS004               print the page of a rule
  store-lint --stdin-filename src/store.py < changed.py
  store-lint hook                           for coding agents, after each edit: the event as JSON on
                                            stdin; errors on stderr with exit code 2, else silent

To silence one finding, write at the end of its line, or on a line of its own above:
  # store-lint: ignore[CKS004] the reason
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; `argv` defaults to the arguments of the process.

    Returns the exit code that `--help` explains. Raises SystemExit as argparse does: for --help,
    --version and arguments that cannot be meant.
    """
    if (sys.argv[1:] if argv is None else [*argv]) == ["hook"]:
        from store_lint import hook

        return hook.main()
    parser = _parser()
    arguments = parser.parse_args(argv)
    if arguments.stdin_filename and arguments.paths:
        parser.error("--stdin-filename takes the code from stdin, so no PATH can be given")
    if arguments.statistics and (arguments.diff or arguments.format in ("json", "github", "sarif")):
        parser.error("--statistics goes with the formats text, concise and agent, without --diff")
    from store_lint.config import ConfigError

    try:
        if arguments.explain:
            return _explain(arguments)
        if arguments.rules:
            return _list_rules()
        return _check(arguments)
    except ConfigError as error:
        _complain("error", str(error))
        return 2


def _parser() -> argparse.ArgumentParser:
    lines = [", ".join(AGENT_VARIABLES[at : at + 6]) for at in range(0, len(AGENT_VARIABLES), 6)]
    parser = argparse.ArgumentParser(
        prog="store-lint",
        description="Find the errors that break OpenAI ChatKit stores, without running them.",
        epilog=_EPILOG.format(agents=",\n  ".join(lines)),
        formatter_class=_HelpFormatter,
        allow_abbrev=False,
    )
    parser.color = False  # pyright: ignore[reportAttributeAccessIssue] - new in Python 3.14
    add = parser.add_argument
    add("paths", nargs="*", type=Path, metavar="PATH", help="files and folders (default: .)")
    add("--select", action="extend", type=_words, metavar="RULE", help="check these rules only")
    add("--ignore", action="extend", type=_words, metavar="RULE", help="leave these rules out")
    add(
        "--exclude",
        action="append",
        default=[],
        metavar="PATTERN",
        help="leave files out, as a line of .gitignore would; a file named as PATH is checked",
    )
    add("--chatkit-version", metavar="VERSION", help="the openai-chatkit release to check against")
    add(
        "--guess-settings",
        action="store_true",
        help="CKS002: take an unresolved class named *Config or *Settings for a settings class",
    )
    add("--config", type=Path, metavar="FILE", help="a pyproject.toml, or a TOML file of its keys")
    add("--stdin-filename", type=Path, metavar="PATH", help="check stdin as if it were this file")
    change = parser.add_mutually_exclusive_group()
    change.add_argument(
        "--fix",
        action="store_true",
        help="make the sure edits and show what is left; with code from stdin, print it mended",
    )
    change.add_argument("--diff", action="store_true", help="show the sure edits, change nothing")
    add("--strict", action="store_true", help="warnings count for the exit code too")
    add("--format", choices=FORMATS, help="how findings are printed (default: see below)")
    add("--statistics", action="store_true", help="print counts by rule in place of the findings")
    add("--quiet", action="store_true", help="print findings only: no summary, no progress")
    add("--no-color", action="store_true", help="no colour (NO_COLOR and FORCE_COLOR work too)")
    add("--jobs", type=_jobs, default=0, metavar="N", help="processes (default: as fits)")
    add("--explain", metavar="RULE", help="print the page of a rule and exit")
    add("--rules", action="store_true", help="list the rules and exit")
    add("--version", action=_Version, help="print the version and exit")
    return parser


class _HelpFormatter(argparse.RawDescriptionHelpFormatter):
    """The same help on every terminal, and no import of shutil to measure one at each start."""

    def __init__(self, prog: str) -> None:
        super().__init__(prog, width=100, max_help_position=28)


class _Version(argparse.Action):
    """Looks the version up only when somebody asks."""

    def __init__(self, option_strings: Sequence[str], dest: str, help: str) -> None:  # noqa: A002
        del dest
        super().__init__(option_strings, dest=argparse.SUPPRESS, nargs=0, help=help)

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        from store_lint.report.version import tool_version

        write(f"store-lint {tool_version()}\n", sys.stdout)
        parser.exit()


def _words(argument: str) -> list[str]:
    words = [word.strip() for word in argument.split(",") if word.strip()]
    if not words:
        raise argparse.ArgumentTypeError("names no rule")
    return words


def _jobs(argument: str) -> int:
    number = int(argument)
    if number < 0:
        raise argparse.ArgumentTypeError("must not be negative")
    return number


def _explain(arguments: argparse.Namespace) -> int:
    from store_lint.config import resolve_rules
    from store_lint.report.catalogue import catalogue

    wanted = resolve_rules([arguments.explain], "--explain")
    pages = "\n".join(rule.page() for rule in catalogue() if rule.id in wanted)
    if wants_colour(sys.stdout, arguments.no_color, os.environ):
        from rich.console import Console
        from rich.markdown import Markdown

        console = Console(width=min(width(sys.stdout), 100), force_terminal=True)
        with console.capture() as capture:
            console.print(Markdown(pages))
        pages = capture.get()
    write(pages, sys.stdout)
    return 0


def _list_rules() -> int:
    from store_lint.report.catalogue import catalogue

    rules = catalogue()
    widest = max(len(rule.name) for rule in rules)
    for rule in rules:
        write(f"{rule.id}  {rule.name:{widest}}  {rule.severity:7}  {rule.summary}\n", sys.stdout)
    return 0


def _check(arguments: argparse.Namespace) -> int:
    from store_lint.config import load

    paths: tuple[Path, ...] = tuple(arguments.paths) or (Path(),)
    settings = load(arguments.stdin_filename or paths[0], arguments.config)
    options = _options(arguments, settings, paths)
    run = _Run(arguments, settings)
    if arguments.diff:
        return run.diff(options)
    if arguments.fix:
        return run.fix(options)
    return run.show(run.check(options))


def _options(arguments: argparse.Namespace, settings: Settings, paths: tuple[Path, ...]) -> Options:
    from store_lint.config import resolve_rules
    from store_lint.engine import Options

    select, ignore = settings.select, settings.ignore
    if arguments.select:
        select, ignore = resolve_rules(arguments.select, "--select"), frozenset[str]()
    if arguments.ignore:
        ignore |= resolve_rules(arguments.ignore, "--ignore")
    stdin = None
    if arguments.stdin_filename:
        stdin = (arguments.stdin_filename, sys.stdin.buffer.read())
    return Options(
        paths=() if stdin else paths,
        select=select,
        ignore=ignore,
        exclude=(*settings.exclude, *arguments.exclude),
        per_file_ignores=settings.per_file_ignores,
        root=settings.root,
        chatkit_version=arguments.chatkit_version,
        configured_chatkit_version=settings.chatkit_version,
        guess_settings=arguments.guess_settings or settings.guess_settings,
        stdin=stdin,
        jobs=arguments.jobs,
    )


class _Run:
    """One call of the checker, and how its outcome reaches the user."""

    def __init__(self, arguments: argparse.Namespace, settings: Settings) -> None:
        self._format: str = arguments.format or settings.format or default_format(os.environ)
        self._strict: bool = arguments.strict or settings.strict
        self._quiet: bool = arguments.quiet
        self._statistics: bool = arguments.statistics
        self._no_color: bool = arguments.no_color

    def check(self, options: Options) -> Report:
        """Ask the engine; raises ConfigError for a release that nobody knows."""
        from store_lint import engine
        from store_lint.chatkit_api import UnknownReleaseError
        from store_lint.config import ConfigError

        try:
            if self._quiet or self._format != "text" or not (sys.stderr and sys.stderr.isatty()):
                return engine.check(options)
            from store_lint.report.progress import ProgressBar

            with ProgressBar() as progress:
                return engine.check(options, progress)
        except UnknownReleaseError as error:
            raise ConfigError(f"chatkit-version: {error}") from error

    def fix(self, options: Options) -> int:
        """Mend files in place; code from stdin goes to stdout mended, findings in it to stderr."""
        if options.stdin is not None:
            return self._fix_stdin(options, *options.stdin)
        from store_lint.fix import fix_files

        report, fixed, problems = fix_files(options, self.check)
        return self.show(report, fixed=fixed, problems=problems)

    def _fix_stdin(self, options: Options, path: Path, data: bytes) -> int:
        from store_lint.finding import Problem
        from store_lint.fix import mended_files

        report, fixed = self.check(options), 0
        problems: list[Problem] = []
        for mended in mended_files(report, options, self.check):
            if isinstance(mended, Problem):
                problems.append(mended)
                continue
            data, fixed = mended.after, mended.fixed
            report = self.check(options._replace(stdin=(path, data)))
        write(data, sys.stdout)
        return self.show(report, sys.stderr, fixed=fixed, problems=problems)

    def diff(self, options: Options) -> int:
        """Show what `fix` would change; the exit code says whether that is anything."""
        from store_lint.finding import Problem
        from store_lint.fix import mended_files
        from store_lint.fix.diff import unified_diff

        report = self.check(options)
        problems = list(report.problems)
        findings = files = 0
        for mended in mended_files(report, options, self.check):
            if isinstance(mended, Problem):
                problems.append(mended)
                continue
            findings, files = findings + mended.fixed, files + 1
            write(unified_diff(mended, Path.cwd()), sys.stdout)
        for problem in problems:
            _complain("error", problem.message)
        if not self._quiet:
            from store_lint.report.summary import counted

            changes = f"{counted(findings, 'finding')} in {counted(files, 'file')}"
            write(f"store-lint: --fix would mend {changes}\n", sys.stderr)
        return 2 if problems else min(files, 1)

    def show(
        self,
        report: Report,
        stream: TextIO | None = None,
        *,
        fixed: int = 0,
        problems: Sequence[Problem] = (),
    ) -> int:
        """Print the report and return the exit code."""
        from store_lint.report import render

        stream = stream or sys.stdout
        if problems:
            report = report._replace(problems=(*report.problems, *problems))
        outcome = Outcome(report, self._exit_code(report), Path.cwd(), fixed)
        look = Look(
            colour=wants_colour(stream, self._no_color, os.environ),
            width=width(stream),
            quiet=self._quiet,
            statistics=self._statistics,
        )
        for problem in report.problems:
            _complain("error", problem.message)
        if not (report.files or report.problems or self._quiet):
            _complain("warning", "no Python file was found in what was to be checked")
        write(render(self._format, outcome, look), stream)
        if self._format in ("concise", "github") and not (self._quiet or self._statistics):
            # Tools read these line by line; what was checked is said all the same, beside them.
            from store_lint.report.agent import closing

            write(f"{closing(outcome)}\n", sys.stderr)
        return outcome.exit_code

    def _exit_code(self, report: Report) -> int:
        if report.problems:
            return 2
        if self._strict and report.findings:
            return 1
        return 1 if any(finding.severity == "error" for finding in report.findings) else 0


def _complain(kind: str, message: str) -> None:
    from store_lint.report.one_line import one_line

    write(f"store-lint: {kind}: {one_line(message)}\n", sys.stderr)
