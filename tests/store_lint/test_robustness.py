"""Whatever stands in a tree, a run ends with findings and problems, and says where each is."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from store_lint import engine
from store_lint.engine import Options
from store_lint.flow import Signs
from store_lint.rules import RuleInfo, all_rules
from store_lint.tree import files as tree_files
from store_lint.tree.program import Program
from store_lint.tree.source import MOST_TOKENS

if TYPE_CHECKING:
    from pathlib import Path

    from store_lint.finding import Finding, Report

STORE = """\
from chatkit.store import Store

class Mine(Store[dict]):
    name = "é"

store = Mine()
"""
FOUND = ("CKS001", 3, 7)


def check(*paths: Path, **options: Any) -> Report:
    values: dict[str, Any] = {"select": frozenset({"CKS000", "CKS001"}), "jobs": 1}
    return engine.check(Options(paths, **(values | options)))


def places(report: Report) -> list[tuple[str, int, int]]:
    return [(f.rule, f.span.line, f.span.column) for f in report.findings]


@pytest.mark.parametrize(
    ("data", "lines_above"),
    [
        pytest.param(STORE.encode(), 0, id="plain"),
        pytest.param(b"\xef\xbb\xbf" + STORE.encode(), 0, id="byte order mark"),
        pytest.param(STORE.replace("\n", "\r\n").encode(), 0, id="CRLF"),
        pytest.param(STORE.replace("\n", "\r").encode(), 0, id="lone CR"),
        pytest.param(b"\f" + STORE.encode(), 0, id="form feed"),
        pytest.param(STORE.rstrip().encode(), 0, id="no line end at the end"),
        pytest.param(b"# coding: latin-1\n" + STORE.encode("latin-1"), 1, id="latin-1"),
        pytest.param(b"# vim: set fileencoding=cp1252 :\n" + STORE.encode("cp1252"), 1, id="cp1252"),
        pytest.param(
            b"#!" + b"x" * 500 + b"\n# coding: latin-1\n" + STORE.encode("latin-1"), 2, id="long line"
        ),
        pytest.param(b"# coding: utf-7\n" + STORE.encode("utf-7"), 1, id="utf-7"),
        pytest.param(
            b'"""' + b"a long file\n" * 440_000 + b'"""\n' + STORE.encode(), 440_001, id="5 MB"
        ),
    ],
)
def test_however_a_file_is_written_the_place_is_right(
    tmp_path: Path, data: bytes, lines_above: int
) -> None:
    (tmp_path / "a.py").write_bytes(data)
    report = check(tmp_path)
    assert not report.problems
    rule, line, column = FOUND
    assert places(report) == [(rule, line + lines_above, column)]


def test_a_form_feed_before_a_class_takes_a_column(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text(STORE.replace("class", "\fclass"))
    assert places(check(tmp_path)) == [("CKS001", 3, 8)]


@pytest.mark.parametrize(
    ("data", "line", "column"),
    [
        pytest.param(STORE.encode("latin-1"), 4, 13, id="not UTF-8"),
        pytest.param(STORE.encode() + b"\0", 7, 1, id="NUL"),
        pytest.param(b"# coding: klingon\nimport chatkit\n", 1, 1, id="unknown encoding"),
        pytest.param(b"# coding: rot13\nimport chatkit\n", 1, 1, id="an encoding of text to text"),
        pytest.param(b"# coding: hex\nimport chatkit\n", 1, 1, id="an encoding of bytes"),
        pytest.param(b"# coding: undefined\nimport chatkit\n", 1, 1, id="an encoding that never works"),
        pytest.param("import chatkit\né = é é\n".encode(), 2, 7, id="syntax"),
        pytest.param(b"import chatkit\nif a:\n\tb\n        c\n", 4, None, id="tabs and blanks"),
        pytest.param(b"import chatkit\nx = f(1,\ny = 2\n\n\n", 2, 6, id="never closed"),
        pytest.param(b"import chatkit\nx = t'{a}'\n\n\ny = = 2\n", 5, None, id="behind new syntax"),
        pytest.param(b"import chatkit\nx = " + b"-" * 9000 + b"1\n", 1, 1, id="too deep"),
    ],
)
def test_what_does_not_parse_is_one_finding_and_the_run_goes_on(
    tmp_path: Path, data: bytes, line: int, column: int | None
) -> None:
    (tmp_path / "a.py").write_bytes(data)
    (tmp_path / "b.py").write_text(STORE, "utf-8")
    report = check(tmp_path)
    assert not report.problems
    assert [f.path.name for f in report.findings] == ["a.py", "b.py"]
    # Where the column is None, it is as the running Python has it.
    first, second = places(report)
    assert (first, second) == (("CKS000", line, column or first[2]), FOUND)


@pytest.mark.parametrize("named", [True, False])
def test_a_file_without_chatkit_that_does_not_parse_is_found_when_named_or_in_a_small_tree(
    tmp_path: Path, named: bool
) -> None:
    broken = tmp_path / "broken.py"
    broken.write_text("def f(:\n")
    assert places(check(broken if named else tmp_path)) == [("CKS000", 1, 7)]


@pytest.mark.parametrize(
    "text",
    [
        'x = t"{a}"',
        "try:\n    pass\nexcept A, B:\n    pass",
        "type A[T: int = str] = list[T]",
        "def f[T](x: T) -> T: ...",
        'x = f"{a["b"]} {f"{1}"}"',
        "with (open(a) as b, open(c) as d,):\n    pass",
        "match x:\n    case [1, *_] | {'a': 1, **r}: pass",
        "try:\n    pass\nexcept* A:\n    pass",
        "x: tuple[*Ts]",
        "def f(a, /, *, b): ...\nprint(a := 1)",
    ],
)
def test_syntax_of_every_python_is_read_by_any(tmp_path: Path, text: str) -> None:
    (tmp_path / "new.py").write_text(f"{text}\n")
    (tmp_path / "store.py").write_text(f"{STORE}\n{text}\n", "utf-8")
    assert places(check(tmp_path)) == [FOUND]


def test_links_that_lead_nowhere_and_folders_with_a_file_s_name_are_passed_by(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text(STORE, "utf-8")
    (tmp_path / "loop.py").symlink_to("loop.py")
    (tmp_path / "dangling.py").symlink_to("nowhere.py")
    (tmp_path / "again").symlink_to(".")
    (tmp_path / "folder.py").mkdir()
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe.py")
    report = check(tmp_path)
    assert (places(report), report.files, report.problems) == ([FOUND], 1, ())


def unreadable(tmp_path: Path) -> subprocess.CompletedProcess[str]:
    """A run over a folder and a file without permissions, by a user whom permissions bind."""
    (tmp_path / "a.py").write_text(STORE, "utf-8")
    (tmp_path / "secret.py").write_text(STORE, "utf-8")
    (tmp_path / "locked").mkdir()
    (tmp_path / "secret.py").chmod(0)
    (tmp_path / "locked").chmod(0)
    command = [sys.executable, "-m", "store_lint", "--select", "CKS001", "--format", "agent", "."]
    # As root, without the rights by which root passes permissions by.
    if os.geteuid() == 0:
        setpriv = shutil.which("setpriv")
        if setpriv is None:
            pytest.skip("root can read everything, and there is no setpriv to give that up")
        command = [setpriv, "--bounding-set=-all", "--inh-caps=-all", *command]
    return subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)


@pytest.mark.skipif(sys.platform == "win32", reason="permissions as of POSIX")
def test_what_cannot_be_read_is_a_problem_that_says_so(tmp_path: Path) -> None:
    done = unreadable(tmp_path)
    (tmp_path / "locked").chmod(0o700)
    assert done.returncode == 2
    assert "locked: cannot be read (Permission denied)" in done.stderr
    assert "secret.py: cannot be read (Permission denied)" in done.stderr
    assert "a.py:3:7-3:11 CKS001 error" in done.stdout


def test_a_path_that_does_not_exist_is_a_problem_and_the_others_are_checked(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text(STORE, "utf-8")
    report = check(tmp_path / "missing.py", tmp_path / "a.py")
    (problem,) = report.problems
    assert problem.message.endswith("missing.py: no such file or folder; name a path that exists")
    assert places(report) == [FOUND]


class Crash:
    signs = Signs()

    def check(self, *_: object) -> list[Finding]:
        raise ZeroDivisionError("on purpose\nin two lines")


def test_a_crash_in_a_rule_names_rule_and_file_and_the_others_go_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.py").write_text(STORE, "utf-8")
    load = RuleInfo.load

    def loaded(info: RuleInfo) -> Any:
        return Crash() if info.id == "CKS004" else load(info)

    assert {"CKS001", "CKS004"} <= {info.id for info in all_rules()}
    monkeypatch.setattr(RuleInfo, "load", loaded)
    report = check(tmp_path, select=frozenset({"CKS001", "CKS004"}))
    (problem,) = report.problems
    assert problem.message.startswith(f"internal error in CKS004 on {tmp_path / 'a.py'}: ")
    assert "ZeroDivisionError: on purpose in two lines" in problem.message
    assert places(report) == [FOUND]


def test_a_crash_of_the_engine_names_the_file_and_the_others_go_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("a.py", "b.py"):
        (tmp_path / name).write_text(STORE, "utf-8")
    derives_from = Program.derives_from

    def crash(program: Program, cls: Any, names: Any) -> bool:
        if cls.module.path.name == "a.py":
            raise ZeroDivisionError
        return derives_from(program, cls, names)

    monkeypatch.setattr(Program, "derives_from", crash)
    report = check(tmp_path)
    (problem,) = report.problems
    assert problem.message.startswith(f"internal error in the engine on {tmp_path / 'a.py'}: ")
    assert [f.path.name for f in report.findings] == ["b.py"]


def test_the_usual_folders_and_environments_are_passed_by(tmp_path: Path) -> None:
    for folder in (*tree_files.SKIPPED, "deep/node_modules", "any_name", "app"):
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / "store.py").write_text(STORE, "utf-8")
    (tmp_path / "any_name" / "pyvenv.cfg").write_text("home = /usr\n")
    report = check(tmp_path)
    assert [f.path for f in report.findings] == [tmp_path / "app" / "store.py"]
    assert places(check(tmp_path / "node_modules" / "store.py")) == [FOUND]
    assert places(check(tmp_path / "build")) == [FOUND]


def ignoring(tmp_path: Path) -> Path:
    (tmp_path / ".git").mkdir()
    (tmp_path / ".gitignore").write_text("local_*.py\n/generated/\n!local_kept.py\n# x\n")
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / ".gitignore").write_text("own.py\n")
    (tmp_path / "generated").mkdir()
    for name in ("local_a.py", "local_kept.py", "generated/b.py", "app/own.py", "app/c.py"):
        (tmp_path / name).write_text(STORE, "utf-8")
    return tmp_path


def found(report: Report, below: Path) -> list[str]:
    return sorted(f.path.relative_to(below).as_posix() for f in report.findings)


def test_ignore_files_are_respected_and_what_is_named_is_checked(tmp_path: Path) -> None:
    tree = ignoring(tmp_path)
    report = check(tree)
    assert found(report, tree) == ["app/c.py", "local_kept.py"]
    assert report.files == 2
    assert found(check(tree / "app"), tree) == ["app/c.py"]
    assert found(check(tree / "local_a.py", tree / "app" / "own.py"), tree) == [
        "app/own.py",
        "local_a.py",
    ]
    assert found(check(tree / "generated"), tree) == ["generated/b.py"]


def test_excluded_is_what_a_pattern_covers_but_not_what_is_named(tmp_path: Path) -> None:
    tree = ignoring(tmp_path)
    assert found(check(tree, exclude=("app/*",), root=tree), tree) == ["local_kept.py"]
    named = tree / "app" / "c.py"
    assert found(check(named, exclude=("app/*",), root=tree), tree) == ["app/c.py"]


def test_findings_and_their_order_are_the_same_with_any_number_of_processes(tmp_path: Path) -> None:
    base = "from chatkit.store import Store\n\nclass Base(Store[dict]):\n    pass\n"
    (tmp_path / "base.py").write_text(base)
    for number in range(12):
        (tmp_path / f"s{number}.py").write_text(
            f"from base import Base\n\nclass S{number}(Base):\n    pass\n\nx = S{number}()\n"
        )
    reports = [check(tmp_path, jobs=jobs) for jobs in (1, 3)]
    assert len(reports[0].findings) == 12
    assert reports[0].findings == reports[1].findings
    assert reports[0].stores == reports[1].stores


def test_a_class_that_derives_over_files_that_never_mention_chatkit_is_found(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text(
        "from chatkit.store import Store as Root\n\nclass Base(Root[dict]):\n    pass\n"
    )
    (tmp_path / "b.py").write_text("from a import Base as Below\n\nclass Second(Below):\n    pass\n")
    (tmp_path / "c.py").write_text("from b import Second\n\nclass Third(Second): ...\n\nThird()\n")
    assert found(check(tmp_path), tmp_path) == ["c.py"]


def test_python_s_warnings_of_a_checked_file_do_not_reach_the_user(tmp_path: Path) -> None:
    doubtful = 'pattern = "\\d" + {"\\w": "\\s"}["\\w"]\n"a"(1)\n'
    (tmp_path / "store.py").write_text(STORE + doubtful, "utf-8")
    command = [sys.executable, "-W", "always", "-m", "store_lint", "--format", "agent", "."]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (1, "")


LARGE = STORE + "numbers = [" + "1, " * (MOST_TOKENS // 2) + "]\n"


def test_a_file_that_would_take_gigabytes_is_refused(tmp_path: Path) -> None:
    (tmp_path / "large.py").write_text(LARGE)
    (tmp_path / "store.py").write_text("from large import Mine\n" + STORE)
    report = check(tmp_path)
    (problem,) = report.problems
    assert re.fullmatch(
        rf"{tmp_path}/large.py: too large to be checked: 500,\d\d\d tokens, and at most 500,000; "
        "split it, or exclude it",
        problem.message,
    )
    assert [os.path.basename(f.path) for f in report.findings] == ["store.py"]


def test_a_large_file_that_does_not_parse_is_a_finding(tmp_path: Path) -> None:
    (tmp_path / "large.py").write_text(LARGE + "def broken(:\n")
    report = check(tmp_path)
    assert not report.problems
    assert places(report) == [("CKS000", LARGE.count("\n") + 1, 12)]


def test_an_alias_that_names_itself_ends(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text(
        f"{STORE}\nJson = dict[str, 'Json'] | str\ndef use(given: Json) -> Json: ...\n", "utf-8"
    )
    report = check(tmp_path, select=frozenset({"CKS001", "CKS003"}))
    assert not report.problems
    assert places(report) == [FOUND]
