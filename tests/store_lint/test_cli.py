"""The command, in this process, over an engine whose rules are words."""

from __future__ import annotations

import io
import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from store_lint import __main__, cli
from store_lint.chatkit_api import UnknownReleaseError
from store_lint.finding import Problem, Report
from store_lint.report.format_choice import AGENT_VARIABLES
from tests.store_lint.report.samples import TARGET, WordEngine

if TYPE_CHECKING:
    from collections.abc import Sequence

    from store_lint.engine import Options


@pytest.fixture(autouse=True)
def engine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> WordEngine:
    """The word engine in place of the real one, an empty folder, and no sign of an agent."""
    words = WordEngine()
    monkeypatch.setattr("store_lint.engine.check", words.check)
    monkeypatch.chdir(tmp_path)
    for variable in (*AGENT_VARIABLES, "NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(variable, raising=False)
    return words


def asked(engine: WordEngine, *arguments: str) -> Options:
    cli.main([*arguments, "--quiet"])
    return engine.asked[-1]


@pytest.mark.parametrize(
    ("text", "arguments", "code"),
    [
        ("GOOD", [], 0),
        ("GOOD", ["--strict"], 0),
        ("ODD", [], 0),
        ("ODD", ["--strict"], 1),
        ("BAD", [], 1),
        ("BAD ODD", ["--quiet"], 1),
        ("BAD", ["--statistics"], 1),
        ("GOOD", ["--diff"], 0),
        ("ODD", ["--diff", "--strict"], 0),
        ("BAD", ["--diff"], 1),
        ("BAD", ["--fix"], 0),
        ("BAD\nODD", ["--fix"], 0),
        ("BAD\nODD", ["--fix", "--strict"], 1),
    ],
)
def test_exit_codes(text: str, arguments: list[str], code: int) -> None:
    Path("a.py").write_text(text)
    for format_name in ("text", "concise", "agent"):
        assert cli.main([*arguments, "--format", format_name]) == code
        Path("a.py").write_text(text)


@pytest.mark.parametrize("arguments", [[], ["--fix"], ["--diff"], ["--format", "json"]])
def test_a_problem_is_exit_code_2_whatever_else_was_found(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
) -> None:
    def check(*_: object) -> Report:
        return Report((TARGET,), (), (Problem("no such file: x.py\n"),))

    monkeypatch.setattr("store_lint.engine.check", check)
    assert cli.main(arguments) == 2
    assert "store-lint: error: no such file: x.py\\n\n" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--select", "CKS04"], "--select: there is no rule 'CKS04' (did you mean 'CKS004'?)"),
        (["--ignore", "CKS001,unguarded-pol"], "(did you mean 'unguarded-pool'?)"),
        (["--explain", "CKS04"], "--explain: there is no rule 'CKS04' (did you mean 'CKS004'?)"),
        (["--config", "none.toml"], "--config: there is no file 'none.toml'"),
    ],
)
def test_what_cannot_be_meant_is_exit_code_2(
    engine: WordEngine, capsys: pytest.CaptureFixture[str], arguments: list[str], message: str
) -> None:
    assert cli.main(arguments) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("store-lint: error: ")
    assert message in captured.err
    assert engine.asked == []


def test_a_release_that_nobody_knows_is_exit_code_2(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def check(*_: object) -> Report:
        raise UnknownReleaseError("openai-chatkit 9 is not a known release")

    monkeypatch.setattr("store_lint.engine.check", check)
    assert cli.main(["--chatkit-version", "9"]) == 2
    expected = "store-lint: error: chatkit-version: openai-chatkit 9 is not a known release\n"
    assert capsys.readouterr().err == expected


@pytest.mark.parametrize(
    "arguments",
    [
        ["--sel", "CKS001"],
        ["--select", ","],
        ["--format", "xml"],
        ["--jobs", "-1"],
        ["--jobs", "x"],
        ["--fix", "--diff"],
        ["--stdin-filename", "a.py", "b.py"],
        ["--statistics", "--format", "json"],
        ["--statistics", "--diff"],
    ],
)
def test_arguments_that_do_not_go_together_are_exit_code_2(
    engine: WordEngine, capsys: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    with pytest.raises(SystemExit) as stop:
        cli.main(arguments)
    assert stop.value.code == 2
    assert "store-lint: error: " in capsys.readouterr().err
    assert engine.asked == []


def test_options_reach_the_engine(engine: WordEngine) -> None:
    Path("sub").mkdir()
    options = asked(
        engine,
        *("sub", "--select", "CKS001,unguarded-pool", "--select", "CKS005", "--ignore", "CKS005"),
        *("--exclude", "a", "--exclude", "b", "--chatkit-version", "1.5.0"),
        *("--guess-settings", "--jobs", "3"),
    )
    assert options.paths == (Path("sub"),)
    assert options.select == {"CKS001", "CKS004", "CKS005"}
    assert options.ignore == {"CKS005"}
    assert options.exclude == ("a", "b")
    assert options.chatkit_version == "1.5.0"
    assert options.guess_settings
    assert options.jobs == 3


def test_the_configuration_reaches_the_engine_and_arguments_overrule_it(
    engine: WordEngine,
) -> None:
    Path("pyproject.toml").write_text(
        "[tool.store-lint]\nselect = ['CKS001', 'CKS004']\nignore = ['CKS004']\n"
        "exclude = ['x']\nchatkit-version = '1.4.0'\n"
        "[tool.store-lint.per-file-ignores]\n'a' = ['CKS002']\n"
    )
    options = asked(engine)
    assert options.paths == (Path(),)
    assert (options.select, options.ignore) == ({"CKS001", "CKS004"}, {"CKS004"})
    assert options.per_file_ignores == (("a", frozenset({"CKS002"})),)
    assert (options.chatkit_version, options.configured_chatkit_version) == (None, "1.4.0")
    assert options.root == Path.cwd()
    assert asked(engine, "--ignore", "CKS001").ignore == {"CKS001", "CKS004"}
    assert asked(engine, "--exclude", "y").exclude == ("x", "y")
    options = asked(engine, "--select", "CKS004")
    assert (options.select, options.ignore) == ({"CKS004"}, frozenset())


def test_the_format_comes_from_the_argument_the_configuration_or_the_environment(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("a.py").write_text("GOOD")

    def output(*arguments: str) -> str:
        cli.main(arguments)
        return capsys.readouterr().out

    assert output().startswith("ok: ")
    monkeypatch.setenv("AI_AGENT", "some-agent")
    assert output().startswith("store-lint: ok, ")
    Path("pyproject.toml").write_text("[tool.store-lint]\nformat = 'json'\n")
    assert json.loads(output())["counts"]["files"] == 1
    assert output("--format", "text").startswith("ok: ")


@pytest.mark.parametrize("format_name", ["concise", "github"])
def test_formats_that_tools_read_by_line_say_beside_them_what_was_checked(
    capsys: pytest.CaptureFixture[str], format_name: str
) -> None:
    Path("a.py").write_text("BAD\n")
    assert cli.main(["--format", format_name]) == 1
    captured = capsys.readouterr()
    assert captured.out.count("\n") == 1
    assert captured.err.startswith("store-lint: 1 error, ")
    cli.main(["--format", format_name, "--quiet"])
    assert capsys.readouterr().err == ""


def test_nothing_to_check_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main([]) == 0
    assert "warning: no Python file was found" in capsys.readouterr().err
    assert cli.main(["--quiet"]) == 0
    assert capsys.readouterr() == ("", "")


def test_fix_says_how_many_it_mended(capsys: pytest.CaptureFixture[str]) -> None:
    Path("a.py").write_text("BAD\nWORSE\n")
    assert cli.main(["--fix", "--format", "agent"]) == 0
    assert capsys.readouterr().out == "store-lint: ok, 3 fixed, 1 store in 1 file, chatkit 1.6.5\n"
    assert Path("a.py").read_text() == "GOOD\nGOOD\n"


def test_diff_changes_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    Path("a.py").write_bytes(b"WORSE\r\n")
    assert cli.main(["--diff"]) == 1
    captured = capsys.readouterr()
    assert captured.out.replace("\r", "") == ("--- a/a.py\n+++ b/a.py\n@@ -1 +1 @@\n-WORSE\n+GOOD\n")
    assert captured.err == "store-lint: --fix would mend 2 findings in 1 file\n"
    assert Path("a.py").read_bytes() == b"WORSE\r\n"


class TestStdin:
    @pytest.fixture(autouse=True)
    def code(self, monkeypatch: pytest.MonkeyPatch) -> bytes:
        code = "BAD = 'é'\r\nODD\r\n".encode()
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(code)))
        return code

    def test_it_is_checked_under_its_name(
        self, engine: WordEngine, capsys: pytest.CaptureFixture[str], code: bytes
    ) -> None:
        assert cli.main(["--stdin-filename", "src/a.py", "--format", "concise"]) == 1
        assert capsys.readouterr().out.startswith("src/a.py:1:1: CKS004 error ")
        assert engine.asked[0].stdin == (Path("src/a.py"), code)
        assert engine.asked[0].paths == ()

    def test_fix_prints_the_code_and_tells_of_the_rest_on_stderr(
        self, capfdbinary: pytest.CaptureFixture[bytes], code: bytes
    ) -> None:
        with open(1, "w", closefd=False) as stdout, pytest.MonkeyPatch.context() as patch:
            patch.setattr("sys.stdout", stdout)
            assert cli.main(["--stdin-filename", "a.py", "--fix", "--format", "agent"]) == 0
        captured = capfdbinary.readouterr()
        assert captured.out == code.replace(b"BAD", b"GOOD")
        assert captured.err.startswith(b"a.py:2:1-2:4 CKS005 warning ")
        assert b"1 warning, 1 fixed, " in captured.err
        assert not Path("a.py").exists()

    def test_diff_shows_what_would_change(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert cli.main(["--stdin-filename", "a.py", "--diff", "--quiet"]) == 1
        captured = capsys.readouterr()
        assert "-BAD = 'é'" in captured.out
        assert captured.err == ""


def test_rules_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["--rules"]) == 0
    listed = [line.split()[:3] for line in capsys.readouterr().out.splitlines()]
    assert listed == sorted(listed)
    assert ["CKS000", "syntax-error", "error"] in listed
    assert ["CKS004", "unguarded-pool", "error"] in listed
    assert ["CKS901", "unused-suppression", "warning"] in listed


def test_a_rule_is_explained(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from store_lint.report.catalogue import catalogue

    (page,) = (rule.page() for rule in catalogue() if rule.id == "CKS004")
    for word in ("CKS004", "unguarded-pool"):
        assert cli.main(["--explain", word]) == 0
        assert capsys.readouterr().out == page
    assert cli.main(["--explain", "CKS901"]) == 0
    assert capsys.readouterr().out.startswith("# CKS901 unused-suppression\n\n")
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert cli.main(["--explain", "CKS004"]) == 0
    assert "\x1b[" in capsys.readouterr().out
    assert cli.main(["--explain", "CKS004", "--no-color"]) == 0
    assert capsys.readouterr().out == page


def test_the_version_is_that_of_the_wheel(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        cli.main(["--version"])
    assert stop.value.code == 0
    assert capsys.readouterr().out.startswith("store-lint ")


def test_help_tells_exit_codes_and_what_chooses_the_format(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    with pytest.raises(SystemExit) as stop:
        cli.main(["--help"])
    output = capsys.readouterr().out
    assert stop.value.code == 0
    assert "\x1b" not in output
    assert max(map(len, output.splitlines())) <= 100
    assert "exit codes:\n  0  no errors" in output
    assert all(variable in output for variable in AGENT_VARIABLES)


def test_a_stream_that_is_gone_does_not_change_the_exit_code(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    Path("a.py").write_text("BAD")
    monkeypatch.setattr("sys.stdout", None)
    assert cli.main([]) == 1


def test_an_interrupt_ends_quietly(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(_: Sequence[str] | None = None) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(cli, "main", interrupted)
    assert __main__.main() == 130
    assert capsys.readouterr() == ("", "")


def test_a_crash_of_the_checker_is_not_taken_for_findings(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(cli, "main", lambda: 1 // 0)
    assert __main__.main() == 2
    assert "ZeroDivisionError" in capsys.readouterr().err


def test_a_bar_is_drawn_on_a_terminal_when_the_run_is_long(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("a.py").write_text("GOOD")
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    cli.main(["--format", "text"])
    assert "1/1" not in capsys.readouterr().err
    monkeypatch.setattr("store_lint.report.progress.PATIENCE", 0.0)
    monkeypatch.setenv("FORCE_COLOR", "1")  # rich draws nothing on what it takes for a file
    cli.main(["--format", "text"])
    assert "1/1" in capsys.readouterr().err
    cli.main(["--format", "text", "--quiet"])
    assert "1/1" not in capsys.readouterr().err
    assert os.environ["FORCE_COLOR"]
