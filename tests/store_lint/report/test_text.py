from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from store_lint.finding import Edit
from tests.store_lint.report.samples import finding, outcome, patient, rendered

TEXT = "a = 1\n\tself.pool.fetch(日本, pool)\n"


def test_a_finding_is_shown_in_its_source() -> None:
    found = [
        finding(TEXT, "self.pool"),
        finding(TEXT, "pool)", Edit(0, 1, "b"), severity="warning", message="[bold]:smile:"),
    ]
    assert rendered("text", outcome(TEXT, found)) == (
        "store.py:2:2: error CKS004 unguarded-pool\n"
        "`self.pool` may be None here\n"
        "2 |     self.pool.fetch(日本, pool)\n"
        "  |     ^^^^^^^^^\n"
        "  = Call `await self._ensure_pool()` first.\n"
        "\n"
        "store.py:2:22: warning CKS004 unguarded-pool\n"
        "[bold]:smile:\n"
        "2 |     self.pool.fetch(日本, pool)\n"
        "  |                           ^^^^^\n"
        "  = Call `await self._ensure_pool()` first. [--fix does it]\n"
        "\n"
        "1 error, 1 warning, 1 fixable with --fix: 3 stores in 120 files, chatkit 1.6.5 "
        "(newest known)\n"
    )


def test_a_clean_run_says_what_was_checked_and_why_that_release() -> None:
    expected = "ok: 3 stores in 120 files, chatkit 1.6.5 (newest known)\n"
    assert rendered("text", outcome("", [], exit_code=0)) == expected
    assert rendered("text", outcome("", [], exit_code=0), quiet=True) == ""


def test_a_message_is_never_wrapped_so_that_it_can_be_copied_and_searched() -> None:
    found = finding(TEXT, "self.pool", message="word " * 60 + "end", remedy="word " * 60 + "end")
    lines = rendered("text", outcome(TEXT, [found])).splitlines()
    assert lines[1] == found.message
    assert lines[4] == f"  = {found.remedy}"


def test_colour_changes_no_character() -> None:
    run = outcome(TEXT, [finding(TEXT, "self.pool")])
    coloured = rendered("text", run, colour=True)
    assert "\x1b[1;31merror\x1b[0m" in coloured
    plain = "".join(part.partition("m")[2] for part in ("m" + coloured).split("\x1b["))
    assert plain == rendered("text", run)


@patient
@given(message=st.text(), remedy=st.text(), source=st.text(min_size=1))
def test_nothing_from_outside_drives_the_terminal_or_tears_a_line(
    message: str, remedy: str, source: str
) -> None:
    found = finding(source, source, message=message, remedy=remedy, path=Path("a\x1b.py"))
    output = rendered("text", outcome(source, [found]), quiet=True)
    assert not [character for character in output if character < " " and character != "\n"]
    shown = output.split("\n")[2:-3]
    assert len(shown) in (2, 4, 6, 8)  # pairs of source and underline
    if message.isprintable():
        assert output.split("\n")[1] == message
