"""The rule pages are tests: each example is checked, and each does what the page says of it.

# The page of a rule, skill/rules/CKS001.md

    # CKS001 missing-abstract-method

    The rule's one-line summary.

    ## What it does
    ## Why it is bad           what happens at run time, with the real exception text
    ## Wrong and right         the examples, in pairs, a sentence before each
    ## How to fix
    ## Options                 "None." where there are none
    ## Limits                  what the rule does not see, and stays silent about

The title is the id and the name, the sections are these, in this order, none left out. Short: the
reader is often an agent that pays for every line.

# An example is a fenced block

Its info string starts with `python wrong` or `python right`. A block without either (```python,
```text, ```console) is shown only. More words may follow:

    chatkit=1.4.0     check and run with that release
    guess-settings    check with that option
    needs=postgres    run only where there is a server (see tests/servers/postgres.py)
    needs=asyncpg     (any other word) run only where that module is installed

`# file: src/config.py`, alone on a line, begins a file of the example; without one the block is the
file example.py. The whole block is one tree, and the last file is what gets executed, with the
tree's root and its `src` folder (if files stand in one) on sys.path. (`__init__.py` need not be
written down.)

# What an example promises stands in comments in it

    class Store(...):  # CKS001               exactly this finding begins on this line; a wrong
    part = X()  # CKS003, CKS006: why         example has one or more, a right one none. The page's
    rows = []  # CKS005 warning               rule alone is selected. Text may follow a colon.

    # raises: TypeError: Can't instantiate … delete_thread_item …
                          running it ends in this exception; `…` stands for any text, and the
                          message is compared from its beginning
    # prints: None        running it prints this line (one comment a line, in this order)
    # pyright: Argument of type …
                          pyright (strict) reports this, on any line of the example
    # reason: …           nothing can be shown by running it; why it is a finding all the same

A wrong example has at least one `raises`, `prints`, `pyright` or `reason`. A right example runs to
its end (and prints what it says, if it says). They stand on lines of their own or behind code.

An exception's class stands as a traceback shows it, with or without its module; white space does not
count. Where `prints` stands, the lines that it names are all that is printed. A run is not asked for
where an example says `pyright` or `reason` and neither `raises` nor `prints`.
"""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
import tokenize
from collections import Counter
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest
from markdown_it import MarkdownIt

from store_lint.rules import all_rules
from tests.servers.postgres import MISSING
from tests.store_lint.linting import NEWEST, lint_tree, shown, write_tree
from tests.store_lint.running import Runner

if TYPE_CHECKING:
    from collections.abc import Iterator

    from store_lint.rules import RuleInfo

PAGES: Final = Path(__file__).parents[3] / "skill" / "rules"
SECTIONS: Final = (
    "What it does",
    "Why it is bad",
    "Wrong and right",
    "How to fix",
    "Options",
    "Limits",
)
_FILE: Final = re.compile(r"^# file: (\S+)\n", re.MULTILINE)
_ID: Final = r"CKS\d{3}(?: warning)?"
_MARK: Final = re.compile(rf"#\s*({_ID}(?:\s*,\s*{_ID})*)\s*(?:[:#]|$)")
_PROMISE: Final = re.compile(r"#\s*(raises|prints|pyright|reason):\s*(.*)")


@dataclass(frozen=True)
class Example:
    """A fenced block of a page that claims to be right or wrong."""

    rule: str
    number: int
    section: str
    kind: str
    words: frozenset[str]
    files: dict[str, str]
    marks: Counter[tuple[str, int, str, str]] = field(
        default_factory=Counter[tuple[str, int, str, str]]
    )
    """How often a finding is promised, by file, line, rule and severity."""
    promises: dict[str, list[str]] = field(default_factory=dict[str, list[str]])

    def __str__(self) -> str:
        return f"{self.rule}-{self.number}-{self.kind}"

    def word(self, key: str) -> str | None:
        return next((w.partition("=")[2] for w in self.words if w.startswith(f"{key}=")), None)

    @property
    def chatkit(self) -> str:
        return self.word("chatkit") or NEWEST

    def why_not_run(self) -> str | None:
        """What is missing here for running it."""
        needs = self.word("needs")
        if needs == "postgres":
            return None if "PGHOST" in os.environ else MISSING
        return f"{needs} is not installed" if needs and find_spec(needs) is None else None


def _example(rule: str, number: int, section: str, info: list[str], code: str) -> Example:
    first, *rest = _FILE.split(code)
    files = dict(zip(rest[::2], rest[1::2], strict=True))
    if not rest:
        files = {"example.py": first}
    else:
        assert not first.strip(), f"{rule}, example {number}: code in front of the first file"
    example = Example(rule, number, section, info[1], frozenset(info[2:]), files)
    for file, text in files.items():
        for line, comment in _comments(text):
            for mark in _MARK.finditer(comment):
                for one in mark[1].split(","):
                    found, _, severity = one.strip().partition(" ")
                    example.marks[file, line, found, severity or "error"] += 1
            promise = _PROMISE.search(comment)
            if promise is not None:
                example.promises.setdefault(promise[1], []).append(promise[2].strip())
    return example


def _comments(text: str) -> Iterator[tuple[int, str]]:
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT:
            yield token.start[0], token.string


@dataclass(frozen=True)
class Page:
    rule: RuleInfo
    title: str
    summary: str
    sections: dict[str, int]
    """Each section in order, and how many blocks of Markdown it holds."""
    examples: tuple[Example, ...]


def _page(rule: RuleInfo) -> Page:
    path = PAGES / f"{rule.id}.md"
    tokens = MarkdownIt().parse(path.read_text("utf-8")) if path.is_file() else []
    title, summary, section = "", "", ""
    sections: dict[str, int] = {}
    examples: list[Example] = []
    for before, token in zip([None, *tokens], tokens, strict=False):
        if token.type == "inline" and before is not None and before.type == "heading_open":
            if before.tag == "h1":
                title = token.content
            elif before.tag == "h2":
                section = token.content
                assert section not in sections, f"{rule.id}: {section} twice"
                sections[section] = 0
            continue
        if token.type in ("inline", "fence") and section:
            sections[section] += 1
        elif token.type == "inline":
            summary = f"{summary} {' '.join(token.content.split())}".strip()
        info = token.info.split() if token.type == "fence" else []
        if len(info) > 1:
            assert info[0] == "python", info
            assert info[1] in ("wrong", "right"), info
            examples.append(_example(rule.id, len(examples) + 1, section, info, token.content))
    return Page(rule, title, summary, sections, tuple(examples))


_BY_RULE: Final = [_page(rule) for rule in all_rules()]
_EXAMPLES: Final = [example for page in _BY_RULE for example in page.examples]
each_page = pytest.mark.parametrize("page", _BY_RULE, ids=lambda page: page.rule.id)
each_example = pytest.mark.parametrize("example", _EXAMPLES, ids=str)


def test_there_is_a_page_for_each_rule_and_none_else() -> None:
    assert sorted(path.stem for path in PAGES.glob("CKS*.md")) == [r.id for r in all_rules()]


@each_page
def test_a_page_has_its_form(page: Page) -> None:
    rule = page.rule
    assert page.title == f"{rule.id} {rule.name}"
    assert page.summary == f"{rule.summary[0].upper()}{rule.summary[1:]}."
    assert tuple(page.sections) == SECTIONS
    assert all(page.sections.values()), "an empty section"
    kinds = [example.kind for example in page.examples if example.section == SECTIONS[2]]
    assert kinds, "no examples"
    assert kinds == ["wrong", "right"] * (len(kinds) // 2), "not in pairs"


@each_example
def test_an_example_promises_what_its_kind_must(example: Example) -> None:
    known = {"guess-settings"}
    assert all(w in known or w.startswith(("chatkit=", "needs=")) for w in example.words)
    if example.kind == "right":
        assert not example.marks
        assert not set(example.promises) - {"prints"}
        return
    assert any(mark[2] == example.rule for mark in example.marks)
    assert example.promises, "say what shows that it is wrong: raises, prints, pyright or reason"


@each_example
def test_exactly_the_promised_is_found(example: Example, tmp_path: Path) -> None:
    write_tree(tmp_path, example.files)
    report = lint_tree(
        tmp_path,
        [example.rule],
        chatkit=example.chatkit,
        guess_settings="guess-settings" in example.words,
    )
    found = Counter(
        (f.path.relative_to(tmp_path).as_posix(), f.span.line, f.rule, f.severity)
        for f in report.findings
    )
    promised = {mark: n for mark, n in example.marks.items() if mark[2] == example.rule}
    assert found == promised, "\n".join(shown(f, tmp_path) for f in report.findings)


@each_example
def test_running_it_shows_what_the_page_says(
    example: Example, tmp_path: Path, runner: Runner, tmp_path_factory: pytest.TempPathFactory
) -> None:
    if set(example.promises) & {"pyright", "reason"} and not set(example.promises) & {
        "raises",
        "prints",
    }:
        return  # nothing is said of a run
    missing = example.why_not_run()
    if missing is not None:
        pytest.skip(missing)
    write_tree(tmp_path, example.files)
    path = [tmp_path, tmp_path / "src"] if (tmp_path / "src").is_dir() else [tmp_path]
    with _runner_for(example.word("chatkit"), runner, tmp_path_factory) as chosen:
        outcome = chosen.script(tmp_path / list(example.files)[-1], path)
    raises = example.promises.get("raises", [])
    if not raises:
        assert not outcome.error, outcome.trace
    for promised in raises:
        assert _says(outcome.error, promised) or _says(_short(outcome.error), promised), (
            outcome.trace or f"it raised nothing; it printed {outcome.printed!r}"
        )
    prints = example.promises.get("prints", [])
    printed = outcome.printed.splitlines()
    if prints:
        assert len(printed) == len(prints), printed
        assert all(_says(a, b, whole=True) for a, b in zip(printed, prints, strict=True)), printed


def _runner_for(
    release: str | None, runner: Runner, folders: pytest.TempPathFactory
) -> AbstractContextManager[Runner]:
    """The usual runner, or one of its own for a release of chatkit that is not installed."""
    if release in (None, version("openai-chatkit")):
        return nullcontext(runner)
    packages = folders.mktemp(f"chatkit-{release}")
    install = [sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--target", str(packages)]
    subprocess.run([*install, f"openai-chatkit=={release}"], check=True, timeout=300)
    return Runner(packages)


def test_pyright_reports_what_the_pages_say(tmp_path: Path) -> None:
    asked = [example for example in _EXAMPLES if "pyright" in example.promises]
    if not asked:
        pytest.skip("no page asks pyright")
    for example in asked:
        write_tree(tmp_path / str(example), example.files)
    roots = [{"root": str(e), "extraPaths": [f"{e}/src"]} for e in asked]
    settings = {"typeCheckingMode": "strict", "executionEnvironments": roots}
    (tmp_path / "pyrightconfig.json").write_text(json.dumps(settings))
    command = [sys.executable, "-m", "pyright", "--outputjson", "--pythonpath", sys.executable]
    done = subprocess.run(
        [*command, "--project", str(tmp_path)], capture_output=True, text=True, timeout=300
    )
    said: dict[str, list[str]] = {}
    diagnostics: list[dict[str, Any]] = json.loads(done.stdout)["generalDiagnostics"]
    for diagnostic in diagnostics:
        folder = Path(diagnostic["file"]).resolve().relative_to(tmp_path.resolve()).parts[0]
        said.setdefault(folder, []).append(diagnostic["message"])
    for example in asked:
        messages = said.get(str(example), [])
        for promised in example.promises["pyright"]:
            assert any(_says(message, promised) for message in messages), (
                f"{example}: pyright says nothing like {promised!r}, but {messages}"
            )


def _says(text: str, promised: str, *, whole: bool = False) -> bool:
    """Whether the text begins with (or is) what is promised, where `…` stands for any text."""
    pieces = (re.escape(" ".join(piece.split())) for piece in promised.split("…"))
    pattern = r"\s*.*?\s*".join(pieces)
    flat = " ".join(text.split())
    return bool((re.fullmatch if whole else re.match)(pattern, flat))


def _short(error: str) -> str:
    """`pydantic_core._pydantic_core.ValidationError: …` without the module."""
    name, colon, rest = error.partition(":")
    return name.rpartition(".")[2] + colon + rest
