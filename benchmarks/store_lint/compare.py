"""What other tools see of what store-lint finds: docs/comparison.md, made from the rule pages.

    python benchmarks/store_lint/compare.py

The examples of skill/rules stand in one tree, over which each tool runs once with the packages that
they import and once without. Tools and packages are installed into build/comparison, where
reports.json then holds all that was reported. What counts is said on the page (`_METHOD`).
"""

from __future__ import annotations

import json
import platform
import re
import subprocess
import sys
import tempfile
from collections import Counter
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

ROOT: Final = Path(__file__).parents[2]
BUILD: Final = ROOT / "build" / "comparison"
BIN: Final = BUILD / "tools" / "bin"
CHATKIT: Final = "1.6.5"
TOOLS: Final = (
    "pyright==1.1.414", "basedpyright==1.40.2", "mypy==2.4.1", "ty==0.0.107", "pylint==4.1.4",
    "ruff==0.17.6",
)  # fmt: skip
PACKAGES: Final = (
    f"openai-chatkit=={CHATKIT}", "pydantic==2.14.4", "pydantic-settings==2.16.3",
    "asyncpg==0.32.0", "aiosqlite==0.22.1", "aiomysql==0.3.2", "motor==3.7.1", "pymongo==4.20.1",
    "psycopg-pool==3.3.3", "sqlalchemy==2.1.9", "redis==8.1.0",
)  # fmt: skip
_BLOCK: Final = re.compile(r"^```python (wrong|right)([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_FILE: Final = re.compile(r"^# file: (\S+)\n", re.MULTILINE)
_MARK: Final = re.compile(r"#.*\bCKS\d{3}\b")
# Codes of all tools that say nothing of the errors at issue, and why they do not count.
NOT_COUNTED: Final = {
    "an import that cannot be resolved, or a package without types": (
        "import-error", "import-not-found", "import-untyped", "reportMissingImports",
        "reportMissingModuleSource", "reportMissingTypeStubs",
    ),
    "a type that is not known or not written down": (
        "reportAny", "reportExplicitAny", "reportMissingParameterType", "reportMissingTypeArgument",
        "reportUnannotatedClassAttribute", "reportUnknown*", "reportUntyped*",
    ),
    "style, and what is superfluous": (
        "BLE001", "F401", "I001", "UP*", "reportImplicitOverride", "reportUnnecessary*",
        "reportUnused*",
    ),
}  # fmt: skip


class Example(NamedTuple):
    """A wrong or right example of a page, by the name of its folder."""

    name: str
    rule: str
    is_wrong: bool
    options: tuple[str, ...]
    files: dict[str, str]

    def marked(self) -> set[tuple[str, int]]:
        """The lines on which something is to be found, with the names of their files."""
        return {
            (Path(file).name, number)
            for file, text in self.files.items()
            for number, line in enumerate(text.split("\n"), start=1)
            if _MARK.search(line)
        }

    def write(self, folder: Path) -> None:
        """Write the files as they stand on the page."""
        for file, text in self.files.items():
            path = folder / file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")

    def write_package(self, tree: Path) -> None:
        """Write the files as a package of the tree, so that no two examples share a module's name."""
        own = "|".join(re.escape(Path(file).stem) for file in self.files)
        imports = re.compile(rf"^from ({own}) import ", re.MULTILINE)
        packaged = {
            # pyright would take the comment for a setting
            Path(file).name: imports.sub(rf"from {self.name}.\1 import ", text).replace(
                "# pyright:", "# pyright says:"
            )
            for file, text in self.files.items()
        }
        self._replace(files={"__init__.py": "", **packaged}).write(tree / self.name)


class Report(NamedTuple):
    """What a tool says of a line."""

    example: str
    file: str
    line: int
    code: str
    message: str

    def counts(self) -> bool:
        """Whether the code is not among those that NOT_COUNTED names."""
        return not any(
            fnmatchcase(self.code, pattern) for group in NOT_COUNTED.values() for pattern in group
        )


def examples() -> Iterator[Example]:
    """All examples of all pages that are about the installed release of chatkit."""
    for page in sorted((ROOT / "skill" / "rules").glob("CKS*.md")):
        for number, match in enumerate(_BLOCK.finditer(page.read_text("utf-8")), start=1):
            kind, words, text = match.groups()
            release = re.search(r"chatkit=(\S+)", words)
            if release is not None and release[1] != CHATKIT:
                continue
            first, *rest = _FILE.split(text)
            files = dict(zip(rest[::2], rest[1::2], strict=True)) or {"example.py": first}
            options = ("--guess-settings",) if "guess-settings" in words else ()
            name = f"{page.stem.lower()}_{number:02}_{kind}"
            yield Example(name, page.stem, kind == "wrong", options, files)


def output(command: Iterable[str | Path], folder: Path) -> str:
    """What a tool prints. Every tool here exits with 0 or, where it reports something, 1."""
    done = subprocess.run(
        list(map(str, command)), cwd=folder, capture_output=True, text=True, check=False
    )
    if done.returncode not in (0, 1):
        sys.exit(f"{done.args} failed with {done.returncode}:\n{done.stderr or done.stdout}")
    return done.stdout


def report(tree: Path, path: str, line: int, code: str, message: str) -> Report:
    """A report on a file of the tree, whose path a tool gives as it likes."""
    relative = (tree / path).relative_to(tree)
    return Report(relative.parts[0], relative.name, line, code, message)


def run_pyright(command: str, mode: str, tree: Path, environment: Path) -> list[Report]:
    """Errors and warnings of pyright or basedpyright in a mode."""
    (tree / "pyrightconfig.json").write_text(json.dumps({"typeCheckingMode": mode}))
    python = environment / "bin" / "python"
    text = output([BIN / command, "--outputjson", "--pythonpath", python, "."], tree)
    return [
        report(tree, d["file"], d["range"]["start"]["line"] + 1, d.get("rule", ""), d["message"])
        for d in json.loads(text)["generalDiagnostics"]
        if d["severity"] in ("error", "warning")
    ]


def run_mypy(tree: Path, environment: Path) -> list[Report]:
    """Errors of mypy, which leaves its notes out."""
    command = [
        BIN / "mypy", "--config-file=", "--check-untyped-defs", "--output=json",
        f"--python-executable={environment}/bin/python", f"--cache-dir={BUILD}/mypy/{environment.name}",
        ".",
    ]  # fmt: skip
    found = map(json.loads, output(command, tree).splitlines())
    return [
        report(tree, d["file"], d["line"], d["code"] or "", d["message"])
        for d in found
        if d["severity"] == "error"
    ]


def run_ty(tree: Path, environment: Path) -> list[Report]:
    """Errors and warnings of ty."""
    command = [
        BIN / "ty", "check", "--project", ".", "--python", environment, "--output-format", "concise"
    ]  # fmt: skip
    line = re.compile(r"^(\S+\.py):(\d+):\d+: (?:error|warning)\[([\w-]+)\] (.*)$", re.MULTILINE)
    return [
        report(tree, match[1], int(match[2]), match[3], match[4])
        for match in line.finditer(output(command, tree))
    ]


def run_pylint(tree: Path, environment: Path) -> list[Report]:
    """Errors of pylint, which can import what stands in the environment."""
    (site,) = environment.glob("lib/python*/site-packages")
    hook = f"import sys; sys.path.insert(0, '.'); sys.path.append({str(site)!r})"
    command = [
        BIN / "pylint", "--errors-only", "--exit-zero", "--output-format=json2", "--init-hook", hook,
        *sorted(path.name for path in tree.iterdir() if path.is_dir()),
    ]  # fmt: skip
    return [
        report(tree, d["path"], d["line"], d["symbol"], d["message"])
        for d in json.loads(output(command, tree))["messages"]
    ]


def run_ruff(tree: Path, environment: Path) -> list[Report]:
    """What ruff reports by its default rules; it looks at no environment."""
    del environment
    text = output([BIN / "ruff", "check", "--isolated", "--no-cache", "--output-format=json"], tree)
    return [
        report(tree, d["filename"], d["location"]["row"], d["code"], d["message"])
        for d in json.loads(text)
    ]


RUNS: Final[dict[str, Callable[[Path, Path], list[Report]]]] = {
    "pyright, basic": lambda tree, env: run_pyright("pyright", "basic", tree, env),
    "pyright, strict": lambda tree, env: run_pyright("pyright", "strict", tree, env),
    "basedpyright": lambda tree, env: run_pyright("basedpyright", "recommended", tree, env),
    "mypy": run_mypy,
    "ty": run_ty,
    "pylint": run_pylint,
    "ruff": run_ruff,
}


def run_store_lint(cases: list[Example]) -> list[Report]:
    """What store-lint reports. It takes a tree for one application, so each example has its own."""
    found: list[Report] = []
    for case in cases:
        with tempfile.TemporaryDirectory() as name:
            tree = Path(name).resolve()
            case.write(tree / case.name)
            command = [
                sys.executable, "-m", "store_lint", "--format=json", "--chatkit-version", CHATKIT,
                *case.options, case.name,
            ]  # fmt: skip
            found += [
                report(tree, d["path"], d["span"]["line"], d["rule"], d["message"])
                for d in json.loads(output(command, tree))["findings"]
            ]
    return found


def install() -> tuple[Path, Path]:
    """Make the environments: with the packages, without them, and (not returned) the tools'."""
    made = {"with": PACKAGES, "without": (), "tools": TOOLS}
    for name, packages in made.items():
        folder = BUILD / name
        done = folder / ".installed"
        if done.is_file() and done.read_text("utf-8") == " ".join(packages):
            continue
        subprocess.run([sys.executable, "-m", "venv", "--clear", folder], check=True)
        if packages:
            pip = [folder / "bin" / "python", "-m", "pip", "install", "-q", *packages]
            subprocess.run(pip, check=True)
        done.write_text(" ".join(packages), "utf-8")
    return BUILD / "with", BUILD / "without"


class Outcome:
    """What the reports of a run say of the examples."""

    def __init__(self, cases: list[Example], reports: list[Report]) -> None:
        counted: dict[str, list[Report]] = {case.name: [] for case in cases}
        for one in reports:
            if one.counts():
                counted[one.example].append(one)
        self.found: dict[str, str] = {}
        """The wrong examples that are found, and where: on a marked line or elsewhere."""
        self.of_right: dict[str, set[str]] = {}
        """The codes that are reported of right examples."""
        for case, after in zip(cases, [*cases[1:], None], strict=True):
            codes = {one.code for one in counted[case.name]}
            if not case.is_wrong:
                if codes:
                    self.of_right[case.name] = codes
                continue
            if case.marked() & {(one.file, one.line) for one in counted[case.name]}:
                self.found[case.name] = "marked"
            elif (
                after is not None
                and not after.is_wrong
                and codes - {one.code for one in counted[after.name]}
            ):
                self.found[case.name] = "elsewhere"


Outcomes = dict[str, list[Outcome]]
"""By tool: with and without packages; one only for store-lint, which imports none."""


def row(*cells: object) -> str:
    """A row of a table."""
    return f"| {' | '.join(map(str, cells))} |"


def counts_by_rule(cases: list[Example], outcomes: Outcomes) -> list[str]:
    """The table of how many examples each tool finds, and how many right ones it reports."""
    wrong = Counter(case.rule for case in cases if case.is_wrong)
    right = sum(not case.is_wrong for case in cases)
    heads = [f"{rule} (of {number})" for rule, number in wrong.items()]
    lines = [
        row("with / without packages", *heads, f"all (of {wrong.total()})", f"right ones (of {right})"),
        row(*["---"] * (len(wrong) + 3)),
    ]
    for tool, states in outcomes.items():
        cells = [
            " / ".join(str(sum(name.startswith(rule.lower()) for name in o.found)) for o in states)
            for rule in wrong
        ]
        found = " / ".join(str(len(outcome.found)) for outcome in states)
        of_right = " / ".join(str(len(outcome.of_right)) for outcome in states)
        lines.append(row(tool, *cells, found, of_right))
    return lines


def finders_by_example(cases: list[Example], outcomes: Outcomes) -> list[str]:
    """The table of who finds which example."""
    lines = [row("wrong example", "its first marked line", *outcomes)]
    lines.append(row(*["---"] * (len(outcomes) + 2)))
    words = {(True, True): "yes", (True, False): "with packages", (False, True): "without packages"}
    for case in cases:
        if not case.is_wrong:
            continue
        cells: list[str] = []
        for states in outcomes.values():
            places = [outcome.found.get(case.name) for outcome in states]
            word = words.get((places[0] is not None, places[-1] is not None), "")
            cells.append(f"{word} *".replace("*", r"\*") if "elsewhere" in places else word)
        line = next(
            line for text in case.files.values() for line in text.split("\n") if _MARK.search(line)
        )
        code = line.partition("#")[0].strip().replace("|", r"\|")
        lines.append(row(f"{case.rule} {int(case.name.split('_')[1])}", f"`{code}`", *cells))
    return lines


def codes_of_right(outcomes: Outcomes) -> Iterator[str]:
    """For each tool, the codes that it reports of right examples, and of how many."""
    for tool, states in outcomes.items():
        numbers = Counter(code for codes in states[0].of_right.values() for code in codes)
        if numbers:
            said = ", ".join(f"`{code}` of {number}" for code, number in sorted(numbers.items()))
            yield f"- {tool}: {said}"


def page(cases: list[Example], outcomes: Outcomes) -> str:
    """docs/comparison.md."""
    others = {tool: states for tool, states in outcomes.items() if tool != "store-lint"}
    alone: list[str] = []
    for state in (0, 1):
        rules = Counter(
            case.rule
            for case in cases
            if case.is_wrong and not any(case.name in states[state].found for states in others.values())
        )
        by_rule = ", ".join(f"{number} of {rule}" for rule, number in rules.items())
        alone.append(f"{rules.total()} ({by_rule})" if rules else "none")
    left_out = [
        f"  - {why}: {', '.join(f'`{code}`' for code in codes)}" for why, codes in NOT_COUNTED.items()
    ]
    return "\n".join([
        _METHOD.format(
            tools=", ".join(tool.replace("==", " ") for tool in TOOLS),
            packages=", ".join(package.replace("==", " ") for package in PACKAGES),
            python=platform.python_version(), chatkit=CHATKIT, left_out="\n".join(left_out)),
        *counts_by_rule(cases, outcomes),
        "",
        "## Which examples",
        "",
        "`yes`: with the packages and without them.",
        "",
        *finders_by_example(cases, outcomes),
        "",
        "## What is reported of right examples, with packages",
        "",
        *codes_of_right(outcomes),
        "",
        _FOLLOWS.format(alone_with=alone[0], alone_without=alone[1]),
    ])  # fmt: skip


_METHOD: Final = """\
# What other tools find of it

Made by `python benchmarks/store_lint/compare.py`, which installs the tools; do not edit. The examples
of the rule pages (skill/rules) stand in one tree, each in a package of its own. Each tool runs over
the tree twice: with the packages that the examples import, and with none.

- **Versions.** Python {python}; {tools}. Packages: {packages}.
- **Options.** pyright in its modes basic and strict; basedpyright in `recommended`, its default; mypy
  with `--check-untyped-defs` and without plugins; ty and ruff with their defaults; pylint with
  `--errors-only`; store-lint with its defaults (`--guess-settings` where the page says so). store-lint
  imports no package, takes a tree for one application, and so runs once, over each example alone.
- **Found** is a wrong example if a tool reports an error or a warning on a line that the page marks,
  or elsewhere in the example with a code that it does not report of the right twin (\\* in the second
  table): most tools report an abstract class where it is instantiated, not where it is written.
- **Right ones** are the right examples of which a tool reports something that counts.
- **Not counted** are, by their codes:
{left_out}
- Examples for another release of chatkit than {chatkit} are left out.

The examples were written for store-lint, and its tests demand that it finds every wrong one and reports
no right one: its row is no measure of it. Most of the code has no annotations.
"""

_FOLLOWS: Final = """\
## What follows

- Found by no other tool, with packages: {alone_with}; without packages: {alone_without}.
- Without packages the tools report the import of chatkit, and know nothing of what comes from it. What
  they still find rests on the standard library and on classes that the example itself defines.
- With packages the type checkers find missing methods where the class is instantiated, and nearly all
  wrong names, contents and fields. Run one beside store-lint. A field that is read from the class of
  the settings is right to all of them, because the class declares it; what a query's parameters must
  be stands in the SQL, which none of them reads.
- They do not follow a call that sets an attribute or raises: both right examples of `self.pool` that
  they report make such a call first.
- What they report of other right examples is true of types, or of the example's brevity: methods that
  are only `...` return no thread (`reportIncompatibleMethodOverride`), `chatkit.server.Store` is not
  exported where it can be imported from (`reportPrivateImportUsage`), a base class of a store is
  abstract without saying so (`reportImplicitAbstractClass`), a list of one kind of content is no list
  of several (mypy's `arg-type`; that code runs).
- pylint finds few of the errors and ruff none: ruff looks at one file at a time and at no types.
"""


def main() -> int:
    """Install, run, write docs/comparison.md."""
    environments = install()
    cases = list(examples())
    print("store-lint", file=sys.stderr)
    reports = {"store-lint": [run_store_lint(cases)]}
    with tempfile.TemporaryDirectory() as name:
        tree = Path(name).resolve()
        for case in cases:
            case.write_package(tree)
        for tool, run in RUNS.items():
            print(tool, file=sys.stderr)
            reports[tool] = [run(tree, environment) for environment in environments]
    (BUILD / "reports.json").write_text(json.dumps(reports, indent=1), "utf-8")
    outcomes = {tool: [Outcome(cases, one) for one in runs] for tool, runs in reports.items()}
    (ROOT / "docs").mkdir(exist_ok=True)
    (ROOT / "docs" / "comparison.md").write_text(page(cases, outcomes), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
