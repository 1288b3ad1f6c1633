import pytest
from hypothesis import given
from hypothesis import strategies as st

from store_lint.report.one_line import one_line
from tests.store_lint.report.samples import patient


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain é 日 😀", "plain é 日 😀"),
        ("a\r\n\tb", "a\\r\\n\\tb"),
        ("\x1b[31m\x9b\x7f", "\\x1b[31m\\x9b\\x7f"),
        ("\x85\u2028", "\\x85\\u2028"),
        ("\u202eabc\u2066", "\\u202eabc\\u2066"),
    ],
)
def test_what_would_tear_a_line_or_drive_a_terminal_is_written_as_its_escape(
    text: str, expected: str
) -> None:
    assert one_line(text) == expected


@patient
@given(st.text())
def test_the_result_is_one_line(text: str) -> None:
    assert len(one_line(text).splitlines()) <= 1
