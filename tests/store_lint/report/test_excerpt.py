from hypothesis import example, given
from hypothesis import strategies as st
from rich.cells import cell_len

from store_lint.report.excerpt import MOST_LINES, excerpt
from store_lint.report.lines import Lines
from store_lint.tree.source import line_starts, span_of
from tests.store_lint.report.samples import patient


def drawn(text: str, start: int, end: int, width: int = 80) -> list[str]:
    lines = excerpt(Lines(text), span_of(line_starts(text), start, end), width)
    return [part for line in lines for part in (line.text, line.marks)]


def test_the_underline_stands_below_what_the_reader_sees() -> None:
    assert drawn("\tx = 日本 + é\n", 10, 11) == ["    x = 日本 + é", "               ^"]
    assert drawn("ab\tcd", 3, 5) == ["ab  cd", "    ^^"]


def test_a_place_without_width_or_behind_the_line_has_one_mark() -> None:
    assert drawn("call(\n", 5, 5) == ["call(", "     ^"]
    assert drawn("", 0, 0) == ["", "^"]


def test_several_lines_are_underlined_from_their_first_character() -> None:
    assert drawn("f(\n    a,\n)\n", 0, 11) == ["f(", "^^", "    a,", "    ^^", ")", "^"]


def test_a_long_place_is_shown_in_part() -> None:
    assert len(drawn("x\n" * 50, 0, 99)) == 2 * MOST_LINES


def test_a_long_line_is_cut_down_to_the_place() -> None:
    line = "x" * 500 + "HERE" + "y" * 500
    text, marks = drawn(line, 500, 504, width=40)
    assert text.startswith("...xxx")
    assert text.endswith("yyy...")
    assert len(text) == 40
    assert text[marks.index("^") : len(marks)] == "HERE"


def test_a_terminal_too_narrow_for_anything_is_taken_for_a_wider_one() -> None:
    assert drawn("x" * 30, 25, 26, width=1)[0] == "..." + "x" * 9


@patient
@given(
    text=st.text(st.characters(blacklist_categories=["Cs"]) | st.sampled_from("\t日é\n\r ")),
    places=st.tuples(st.integers(0, 200), st.integers(0, 200)),
    width=st.integers(20, 60),
)
@example(text="a" * 18 + "日" * 9, places=(0, 27), width=20)
def test_no_line_is_wider_than_asked(text: str, places: tuple[int, int], width: int) -> None:
    start, end = sorted(min(place, len(text)) for place in places)
    for line in drawn(text, start, end, width):
        assert cell_len(line) <= width


@patient
@given(before=st.text("ab ", max_size=90), place=st.text("XY", min_size=1), after=st.text("cd "))
def test_marks_stand_below_the_place_alone(before: str, place: str, after: str) -> None:
    line = f"|{before}{place}{after}|"
    text, marks = drawn(line, 1 + len(before), 1 + len(before) + len(place), width=40)
    marked = text[marks.index("^") : len(marks)]
    assert marked == place or (len(place) > 25 and place.startswith(marked.rstrip(".")))
