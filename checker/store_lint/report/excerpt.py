"""The source lines of a finding with the place underlined, laid out in terminal cells.

A column counts characters, but a terminal draws some characters two cells wide, some none, and a
tab up to the next stop; the underline must stand below what the reader sees. A line too long to
show is cut down to a window around the place.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.cells import cell_len

from store_lint.report.one_line import one_line

if TYPE_CHECKING:
    from store_lint.finding import Span
    from store_lint.report.lines import Lines

MOST_LINES = 4
_TAB = 4
_CUT = "..."


@dataclass(frozen=True, slots=True)
class ExcerptLine:
    """One source line as shown: its number, its text, and the marks to print below it."""

    number: int
    text: str
    marks: str


def excerpt(lines: Lines, span: Span, width: int) -> list[ExcerptLine]:
    """The first lines of `span`, at most MOST_LINES, none wider than `width` cells."""
    last = min(span.end_line, span.line + MOST_LINES - 1)
    shown: list[ExcerptLine] = []
    for number in range(span.line, last + 1):
        source = lines.line(number)
        blank = len(source) - len(source.lstrip())
        start = span.column - 1 if number == span.line else blank
        end = span.end_column - 1 if number == span.end_line else len(source.rstrip())
        shown.append(_laid_out(number, source, start, max(end, start + 1), max(width, 20)))
    return shown


def _laid_out(number: int, source: str, start: int, end: int, width: int) -> ExcerptLine:
    pieces: list[str] = []
    edges = [0]
    for character in source:
        piece = " " * (_TAB - edges[-1] % _TAB) if character == "\t" else one_line(character)
        pieces.append(piece)
        edges.append(edges[-1] + cell_len(piece))
    while len(edges) <= end:  # a place behind the end of the line, as of a missing bracket
        pieces.append(" ")
        edges.append(edges[-1] + 1)
    first, behind = _window(edges, start, end, width)
    text = "".join(pieces[first:behind])
    shift = len(_CUT) if first else 0
    offset = shift - edges[first]
    marked = max(edges[min(end, behind)] - edges[start], 1)
    return ExcerptLine(
        number,
        _CUT[:shift] + (text + _CUT if behind < len(source) else text).rstrip(),
        " " * (edges[start] + offset) + "^" * marked,
    )


def _window(edges: list[int], start: int, end: int, width: int) -> tuple[int, int]:
    if edges[-1] <= width:
        return 0, len(edges) - 1
    room = width - 2 * len(_CUT)
    first = 0
    if edges[end] > room:
        # The place begins a third into the window, or further left when it needs the room.
        left = edges[start] - min(room // 3, max(room - (edges[end] - edges[start]), 0))
        first = next(index for index, edge in enumerate(edges) if edge >= max(left, 0))
    behind = first
    while behind + 1 < len(edges) and edges[behind + 1] - edges[first] <= room:
        behind += 1
    return first, max(behind, start + 1)
