from pathlib import Path

import pytest

from store_lint import engine as real_engine
from store_lint.engine import Options
from store_lint.finding import Problem, Report
from store_lint.fix import fix_files, mended_files
from tests.store_lint.report.samples import WordEngine


def options(*paths: Path, stdin: tuple[Path, bytes] | None = None) -> Options:
    return Options(
        paths=paths,
        select=None,
        ignore=frozenset(),
        exclude=(),
        per_file_ignores=(),
        root=Path(),
        chatkit_version=None,
        configured_chatkit_version=None,
        guess_settings=False,
        stdin=stdin,
        jobs=0,
    )


def test_every_file_is_mended_and_what_is_left_reported(tmp_path: Path) -> None:
    one, two, clean = (tmp_path / name for name in ("1.py", "2.py", "3.py"))
    one.write_text("BAD\nWORSE\nODD\n")
    two.write_text("BAD\n")
    clean.write_text("GOOD\n")
    stamp = clean.stat().st_mtime_ns
    report, fixed, problems = fix_files(options(tmp_path), WordEngine().check)
    assert one.read_text() == "GOOD\nGOOD\nODD\n"
    assert two.read_text() == "GOOD\n"
    assert clean.stat().st_mtime_ns == stamp
    assert [found.message for found in report.findings] == ["`ODD` is here"]
    assert (fixed, problems) == (4, ())


def test_a_second_run_changes_nothing(tmp_path: Path) -> None:
    file = tmp_path / "a.py"
    file.write_text("WORSE BAD\n".replace(" ", "\n"))
    fix_files(options(file), WordEngine().check)
    stamp = file.stat().st_mtime_ns
    _, fixed, _ = fix_files(options(file), WordEngine().check)
    assert fixed == 0
    assert file.stat().st_mtime_ns == stamp


def test_rounds_check_one_changed_file_as_if_it_were_on_disk_within_its_tree(tmp_path: Path) -> None:
    file = tmp_path / "a.py"
    file.write_text("WORSE\n")
    engine = WordEngine()
    list(mended_files(engine.check(options(tmp_path)), options(tmp_path), engine.check))
    assert file.read_text() == "WORSE\n"
    assert engine.asked[1:] == [
        options(tmp_path, stdin=(file, data))._replace(jobs=1) for data in (b"BAD\n", b"GOOD\n")
    ]


def test_a_name_that_another_file_of_the_tree_uses_is_kept_in_every_round(tmp_path: Path) -> None:
    # `Store` moves to another module first, which puts the misspelt name off to the next round.
    wrong = "from chatkit.types import Store, UserMessageitem\n\nprint(Store, UserMessageitem)\n"
    (tmp_path / "one").mkdir()
    (tmp_path / "one" / "names.py").write_text(wrong)
    (tmp_path / "two").mkdir()
    (tmp_path / "two" / "use.py").write_text("from one.names import UserMessageitem\n")
    fix_files(options(tmp_path), real_engine.check)
    assert "UserMessageItem as UserMessageitem" in (tmp_path / "one" / "names.py").read_text()


def test_a_mended_file_that_brings_out_findings_in_another(tmp_path: Path) -> None:
    one, two = tmp_path / "1.py", tmp_path / "2.py"
    one.write_text("BAD\n")
    two.write_text("LATER\n")
    engine = WordEngine()

    def check(asked: Options) -> Report:
        if one.read_text() == "GOOD\n":
            engine.edits = {**WordEngine.edits, "LATER": "DONE"}
        return engine.check(asked)

    engine.words = ("BAD", "WORSE", "ODD", "LATER")
    _, fixed, _ = fix_files(options(tmp_path), check)
    assert two.read_text() == "DONE\n"
    assert fixed == 2


def test_a_file_that_cannot_be_written_is_a_problem_and_the_others_go_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, two = tmp_path / "1.py", tmp_path / "2.py"
    one.write_text("BAD\n")
    two.write_text("BAD\n")

    def writable(path: Path, _: int) -> bool:
        return path != one

    monkeypatch.setattr("os.access", writable)
    report, fixed, problems = fix_files(options(tmp_path), WordEngine().check)
    assert two.read_text() == "GOOD\n"
    assert problems == (Problem(f"{one}: cannot be fixed, Permission denied"),)
    assert [found.path for found in report.findings] == [one]
    assert fixed == 1


def test_a_file_that_changed_meanwhile_is_a_problem(tmp_path: Path) -> None:
    file = tmp_path / "a.py"
    file.write_text("BAD\n")
    engine = WordEngine()
    report = engine.check(options(file))
    file.write_text("x = BAD\n")
    assert list(mended_files(report, options(file), engine.check)) == [
        Problem(f"{file}: not fixed, it changed while it was checked; run again")
    ]
    file.unlink()
    (problem,) = mended_files(report, options(file), engine.check)
    assert isinstance(problem, Problem)
    assert "run again" in problem.message
