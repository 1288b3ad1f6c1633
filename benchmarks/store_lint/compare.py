"""What other tools see of what store-lint finds: docs/comparison.md, made from the rule pages.

    python benchmarks/store_lint/compare.py

Each wrong example of skill/rules is given to each tool, with and without the packages that it imports.
A tool finds an example if it reports something on each line that is marked there. What it reports on
the right examples, which store-lint passes, counts as noise. The tools are installed into
build/comparison.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).parents[2]
BUILD = ROOT / "build" / "comparison"
TOOLS = ("pyright==1.1.414", "basedpyright", "mypy", "ty", "pylint", "ruff==0.17.6")
DEPENDENCIES = (
    "openai-chatkit==1.6.5", "pydantic-settings", "asyncpg", "aiosqlite", "aiomysql",
    "psycopg-pool", "motor", "sqlalchemy", "redis",
)  # fmt: skip
_BLOCK = re.compile(r"^```python (wrong|right)([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_FILE = re.compile(r"^# file: (\S+)$", re.MULTILINE)
_MARK = re.compile(r"#.*\bCKS\d{3}\b")


class Example(NamedTuple):
    """A wrong or right example of a page."""

    rule: str
    is_wrong: bool
    files: dict[str, str]

    def marked(self) -> set[tuple[str, int]]:
        """The lines on which something is to be found."""
        return {
            (name, number)
            for name, text in self.files.items()
            for number, line in enumerate(text.split("\n"), start=1)
            if _MARK.search(line)
        }


Places = set[tuple[str, int]]


def examples() -> Iterator[Example]:
    """All examples of all pages."""
    for page in sorted((ROOT / "skill" / "rules").glob("CKS*.md")):
        for match in _BLOCK.finditer(page.read_text("utf-8")):
            kind, words, text = match.groups()
            release = re.search(r"chatkit=(\S+)", words)
            if release is not None and f"openai-chatkit=={release[1]}" not in DEPENDENCIES:
                continue
            parts = _FILE.split(text)
            files = {"example.py": parts[0]} if parts[0].strip() else {}
            files |= dict(zip(parts[1::2], parts[2::2], strict=True))
            yield Example(page.stem, kind == "wrong", files)


def output(command: list[str | Path], folder: Path) -> str:
    """What a tool prints, whatever its exit code is."""
    return subprocess.run(
        list(map(str, command)), cwd=folder, capture_output=True, text=True, check=False
    ).stdout


def by_lines(text: str, pattern: str) -> Places:
    """Places from lines such as `path:line`; `pattern` names the groups `path` and `line`."""
    return {
        (Path(match["path"]).as_posix(), int(match["line"]))
        for match in re.finditer(pattern, text, re.MULTILINE)
    }


def pyright(command: str, mode: str, folder: Path, environment: Path) -> Places:
    """What pyright or basedpyright reports as an error or warning in a mode."""
    (folder / "pyrightconfig.json").write_text(
        json.dumps({"typeCheckingMode": mode, "extraPaths": ["src"]})
    )
    text = output(
        [BUILD / "tools" / "bin" / command, "--outputjson", "--pythonpath",
         environment / "bin" / "python", "."], folder)  # fmt: skip
    return {
        (Path(d["file"]).relative_to(folder.resolve()).as_posix(), d["range"]["start"]["line"] + 1)
        for d in json.loads(text)["generalDiagnostics"]
        if d["severity"] in ("error", "warning")
    }


def plain(command: list[str], folder: Path, environment: Path) -> Places:
    """What a tool reports that prints `path:line:`; `PYTHON` stands for the environment's Python."""
    python = str(environment / "bin" / "python")
    words = [word.replace("PYTHON", python) for word in command]
    text = output([BUILD / "tools" / "bin" / words[0], *words[1:]], folder)
    return by_lines(text, r"^(?P<path>[^:\n]+\.py):(?P<line>\d+):")


def pylint(folder: Path, environment: Path) -> Places:
    """What pylint reports when it can import what stands in the environment."""
    (site,) = environment.glob("lib/python*/site-packages")
    hook = f"import sys; sys.path[:0] = ['src', '.']; sys.path.append({str(site)!r})"
    files = [path.relative_to(folder) for path in folder.rglob("*.py")]
    text = output([BUILD / "tools" / "bin" / "pylint", "--init-hook", hook, "--score=n",
                   "--disable=C,R", *files], folder)  # fmt: skip
    return by_lines(text, r"^(?P<path>[^:\n]+\.py):(?P<line>\d+):")


COLUMNS: dict[str, Callable[[Path, Path], Places]] = {
    "pyright basic": lambda folder, env: pyright("pyright", "basic", folder, env),
    "pyright strict": lambda folder, env: pyright("pyright", "strict", folder, env),
    "basedpyright": lambda folder, env: pyright("basedpyright", "recommended", folder, env),
    "mypy": lambda folder, env: plain(
        ["mypy", "--python-executable", "PYTHON", "--check-untyped-defs", "--explicit-package-bases",
         "--cache-dir", str(BUILD / "mypy" / env.name), "."], folder, env),
    "ty": lambda folder, env: plain(
        ["ty", "check", "--python", "PYTHON", "--output-format", "concise", "."], folder, env),
    "pylint": pylint,
    "ruff": lambda folder, env: plain(
        ["ruff", "check", "--isolated", "--no-cache", "--select", "E,F,B,ASYNC,S,PL,RUF,FAST",
         "--output-format", "concise", "."], folder, env),
}  # fmt: skip


def install() -> dict[str, Path]:
    """Make the environments: of the tools, with the dependencies, and without them."""
    made = {
        "tools": TOOLS,
        "with": DEPENDENCIES,
        "without": (),
    }
    for name, packages in made.items():
        folder = BUILD / name
        done = folder / ".installed"
        if done.is_file() and done.read_text() == " ".join(packages):
            continue
        subprocess.run([sys.executable, "-m", "venv", "--clear", folder], check=True)
        if packages:
            pip = [folder / "bin" / "python", "-m", "pip", "install", "-q", *packages]
            subprocess.run(pip, check=True)
        done.write_text(" ".join(packages))
    return {name: BUILD / name for name in ("with", "without")}


def counted(found: dict[tuple[str, bool], list[bool]], rule: str) -> str:
    """As in `3/5, 1 noise`."""
    wrong, right = found[rule, True], found[rule, False]
    noise = f", {sum(right)} noise" if any(right) else ""
    return f"{sum(wrong)}/{len(wrong)}{noise}"


def main() -> int:
    """Install, run, write docs/comparison.md."""
    environments = install()
    cases = list(examples())
    rules = sorted({case.rule for case in cases})
    rows: dict[str, dict[tuple[str, bool], list[bool]]] = {}
    for state, environment in environments.items():
        for column, run in COLUMNS.items():
            print(column, state, file=sys.stderr)
            found = rows[f"{column}, {state}"] = {
                (r, wrong): list[bool]() for r in rules for wrong in (True, False)
            }
            for case in cases:
                with tempfile.TemporaryDirectory() as name:
                    folder = Path(name).resolve()
                    for path, text in case.files.items():
                        (folder / path).parent.mkdir(parents=True, exist_ok=True)
                        (folder / path).write_text(text, "utf-8")
                    places = run(folder, environment)
                hit = case.marked() <= places if case.is_wrong else bool(places)
                found[case.rule, case.is_wrong].append(hit)
    (ROOT / "docs").mkdir(exist_ok=True)
    (ROOT / "docs" / "comparison.md").write_text(page(rules, rows), "utf-8")
    return 0


def page(rules: list[str], rows: dict[str, dict[tuple[str, bool], list[bool]]]) -> str:
    """The table as a page."""
    versions = output([BUILD / "tools" / "bin" / "python", "-m", "pip", "freeze"], ROOT)
    wanted = [tool.partition("==")[0] for tool in TOOLS]
    shown = ", ".join(
        line.replace("==", " ") for line in versions.splitlines() if line.partition("==")[0] in wanted
    )
    lines = [
        "# What other tools find of it",
        "",
        "Made by `python benchmarks/store_lint/compare.py`; do not edit. The wrong examples of the",
        "rule pages, each given to each tool, with and without the packages that the examples import.",
        "`3/5` says that a tool reports something on each marked line of three of five wrong examples,",
        "whatever it calls it; noise is how many of the right examples it reports anything on.",
        "store-lint finds all of the wrong ones and reports nothing on the right ones, without any",
        "package beside it; the tests of the pages hold it to that.",
        "",
        f"Versions: {shown}. pylint runs without its categories C and R, ruff with",
        "`--select E,F,B,ASYNC,S,PL,RUF,FAST`.",
        "",
        f"| tool, packages | {' | '.join(rules)} |",
        f"|---|{'---|' * len(rules)}",
    ]
    lines += [
        f"| {name} | {' | '.join(counted(found, rule) for rule in rules)} |"
        for name, found in rows.items()
    ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.exit(main())
