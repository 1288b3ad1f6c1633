import io
from typing import cast

import pytest

from store_lint.report.format_choice import AGENT_VARIABLES, default_format
from store_lint.report.terminal import wants_colour, width, write


class Stream(io.TextIOWrapper):
    """A stream that says it is a terminal, or not, and keeps what is written."""

    def __init__(self, terminal: bool = False, encoding: str = "utf-8") -> None:
        super().__init__(io.BytesIO(), encoding, newline="\n")
        self._terminal = terminal

    def isatty(self) -> bool:
        return self._terminal

    @property
    def written(self) -> bytes:
        return cast("io.BytesIO", self.buffer).getvalue()


@pytest.mark.parametrize(
    ("terminal", "no_color", "environment", "expected"),
    [
        (True, False, {}, True),
        (False, False, {}, False),
        (True, True, {}, False),
        (True, False, {"NO_COLOR": "1"}, False),
        (True, False, {"NO_COLOR": ""}, True),
        (True, False, {"TERM": "dumb"}, False),
        (False, False, {"FORCE_COLOR": "1"}, True),
        (False, False, {"FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
        (False, True, {"FORCE_COLOR": "1"}, False),
    ],
)
def test_colour(terminal: bool, no_color: bool, environment: dict[str, str], expected: bool) -> None:
    assert wants_colour(Stream(terminal), no_color, environment) is expected


def test_a_closed_stream_is_no_terminal_and_takes_nothing() -> None:
    assert not wants_colour(None, False, {})
    assert width(None) == 120
    write("text", None)


def test_a_character_that_the_stream_lacks_is_escaped() -> None:
    stream = Stream(encoding="ascii")
    write("é = '日'\n", stream)
    assert stream.written == b"\\xe9 = '\\u65e5'\n"


def test_bytes_go_out_as_they_are_behind_what_was_written() -> None:
    stream = Stream(encoding="ascii")
    stream.write("first\n")
    write(b"\xff\r\n", stream)
    assert stream.written == b"first\n\xff\r\n"


@pytest.mark.parametrize("variable", AGENT_VARIABLES)
def test_a_coding_agent_gets_its_format(variable: str) -> None:
    assert default_format({variable: "1"}) == "agent"
    assert default_format({variable: ""}) == "text"
