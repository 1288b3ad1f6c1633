"""One file: its text, its libcst tree, and where a node of that tree stands in the text.

libcst's own PositionProvider costs three parses, so positions are computed here, for the nodes that
somebody asks for, in one code generation that notes where those nodes begin and end. libcst drops a
form feed in an indentation and takes a lone carriage return for white space, so it is given a text
without them, and offsets are mapped back to the text as it is in the file.
"""

from __future__ import annotations

import io
import re
import sys
import tokenize
import warnings
from bisect import bisect_right
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from itertools import accumulate
from typing import TYPE_CHECKING

import libcst as cst
from libcst import CSTNode

# libcst has no public door to code generation with positions of chosen nodes.
from libcst._nodes.internal import CodegenState

from store_lint.finding import Span

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable
    from contextlib import AbstractContextManager
    from pathlib import Path

_LONE_CR = re.compile(r"\r(?!\n)")
_LINE_END = re.compile(r"\r\n|\r|\n")
# Python's tokenizer starts the column anew after a form feed: what stands before is no indent.
_FORM_FEED_INDENT = re.compile(r"^[ \t\f]*\f(?=[ \t]*[^ \t\f\r\n])", re.MULTILINE)


MOST_TOKENS = 500_000
"""With more in a file, its tree alone takes gigabytes: libcst needs 3 kB and 25 µs for each."""
_TOKEN = re.compile(
    r"""\"{3}[\s\S]*?\"{3}|'{3}[\s\S]*?'{3}|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|#[^\n]*|\w+|[^\w\s]"""
)
_DEEP_FROM = 5_000
"""Characters in a line from which it may be nested deeper than any hand writes."""
_RECURSION_OF_PYTHON = 1_000
"""What it allows unless a program asks for more."""


class Unparsable(Exception):  # noqa: N818 - what the file is
    """A file that Python could not read either, with the place where reading failed."""

    def __init__(self, message: str, span: Span, text: str) -> None:
        super().__init__(message)
        self.message = message
        self.span = span
        self.text = text


class TooLargeError(Exception):
    """A file that Python can read and that would cost too much to look at."""


@dataclass(slots=True)
class Source:
    """A parsed file.

    `text` is the decoded text with its line ends as they are and without a byte order mark; all
    offsets of spans and edits count its characters.
    """

    path: Path
    text: str
    tree: cst.Module
    _cuts: tuple[tuple[int, int], ...] = ()
    """For each stretch that libcst was not shown: its offset in what libcst saw, and the length of
    all such stretches up to there."""
    _lines: list[int] = field(default_factory=list[int])

    def spans(self, nodes: Iterable[CSTNode]) -> dict[int, Span]:
        """Where each of `nodes` stands, by the node's `id`; a node not of this tree is missing."""
        wanted = {id(node) for node in nodes}
        if not wanted:
            return {}
        recorder = _Recorder(self.tree.default_indent, self.tree.default_newline, wanted)
        self.tree._codegen(recorder)  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
        ends = [0, *accumulate(map(len, recorder.tokens))]
        last = len(ends) - 1  # the newline behind the last line is taken back when it was not there
        return {
            node: self.span(self._offset(ends[min(start, last)]), self._offset(ends[min(end, last)]))
            for node, (start, end) in recorder.recorded.items()
        }

    def span(self, start: int, end: int) -> Span:
        """The span between two offsets into `text`."""
        if not self._lines:
            self._lines.extend(line_starts(self.text))
        return span_of(self._lines, start, end)

    def _offset(self, seen: int) -> int:
        if not self._cuts:
            return seen
        index = bisect_right(self._cuts, seen, key=lambda cut: cut[0])
        return seen + (self._cuts[index - 1][1] if index else 0)


def line_starts(text: str) -> list[int]:
    """The offset at which each line of `text` begins; \\n, \\r\\n and a lone \\r end a line."""
    return [0, *(end.end() for end in _LINE_END.finditer(text))]


def span_of(starts: list[int], start: int, end: int) -> Span:
    """The span between two offsets into the text whose `line_starts` are given."""
    line = bisect_right(starts, start)
    end_line = bisect_right(starts, end)
    return Span(
        start, end, line, start - starts[line - 1] + 1, end_line, end - starts[end_line - 1] + 1
    )


def decode(data: bytes) -> str:
    """The text of a Python file: UTF-8, or what its coding cookie or byte order mark says.

    Raises UnicodeError, LookupError or SyntaxError (no encoding of text, an unknown one) where Python
    could not read it either.
    """
    if data.startswith(b"\xef\xbb\xbf") or b"coding" in b"".join(data.split(b"\n", 2)[:2]):
        encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
        return data.decode(encoding)
    return data.decode("utf-8")


def parse(path: Path, data: bytes) -> Source:
    """Parse a file's bytes; raises Unparsable or TooLargeError, and nothing else, for any bytes."""
    try:
        text = decode(data)
    except (UnicodeError, LookupError, SyntaxError) as error:
        shown = data.decode("utf-8", "replace")
        start = len(data[: getattr(error, "start", 0)].decode("utf-8", "replace"))
        raise Unparsable(
            f"cannot be decoded: {_one_line(error)}",
            span_of(line_starts(shown), start, start),
            shown,
        ) from error
    if _is_too_deep(text):
        raise Unparsable("nested too deeply to be parsed", span_of(line_starts(text), 0, 0), text)
    _refuse_too_large(text)
    seen, cuts = _as_libcst_reads(text)
    try:
        tree = cst.parse_module(seen)
    except cst.ParserSyntaxError as error:
        starts = line_starts(text)
        start, message = _failure(text, starts, error)
        raise Unparsable(message, span_of(starts, start, start), text) from error
    except RecursionError as error:
        raise Unparsable(
            "nested too deeply to be parsed", span_of(line_starts(text), 0, 0), text
        ) from error
    except Exception as error:  # the native parser panics on some malformed text
        raise Unparsable(
            f"cannot be parsed: {_one_line(error)}", span_of(line_starts(text), 0, 0), text
        ) from error
    return Source(path, text, tree, cuts)


def _is_too_deep(text: str) -> bool:
    """Whether Python itself gives up on the nesting; libcst would take hours to find out."""
    if len(text) < _DEEP_FROM or len(max(text.split("\n"), key=len)) < _DEEP_FROM:
        return False
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(_RECURSION_OF_PYTHON)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compile(text, "<file>", "exec", dont_inherit=True)
    except (RecursionError, MemoryError):
        return True
    except (SyntaxError, ValueError) as error:
        return "too many nested" in str(error)
    finally:
        sys.setrecursionlimit(limit)
    return False


def _refuse_too_large(text: str) -> None:
    """Raise TooLargeError, or Unparsable where Python cannot read it, for more than MOST_TOKENS."""
    if len(text) <= MOST_TOKENS:
        return
    tokens = sum(1 for _ in _TOKEN.finditer(text))
    if tokens <= MOST_TOKENS:
        return
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compile(text, "<file>", "exec", dont_inherit=True)
    except SyntaxError as error:
        starts = line_starts(text)
        offset = _offset(text, starts, error.lineno or 1, error.offset or 1)
        raise Unparsable(
            f"cannot be parsed: {error.msg}", span_of(starts, offset, offset), text
        ) from error
    except (ValueError, RecursionError, MemoryError):
        pass
    raise TooLargeError(f"too large to be checked: {tokens:,} tokens, and at most {MOST_TOKENS:,}")


def _failure(text: str, starts: list[int], error: cst.ParserSyntaxError) -> tuple[int, str]:
    """Where reading failed and why.

    Python says it better than libcst, which names what it expected and often the place behind. But a
    Python that is too old for some syntax stops there, which may be lines before the error.
    """
    if "\0" in text:
        return text.index("\0"), "source contains a NUL character"
    place = re.search(r"error at (\d+):(\d+)", error.message)
    line, column = map(int, place.groups()) if place else (error.raw_line, error.raw_column + 1)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compile(text, "<file>", "exec", dont_inherit=True)
    except SyntaxError as python:
        said = python.msg
        if line - (python.lineno or 1) <= 1 or re.search("never closed|unterminated", said):
            offset = _offset(text, starts, python.lineno or 1, python.offset or 1)
            return offset, f"cannot be parsed: {said}"
    except (ValueError, RecursionError, MemoryError):
        pass
    return _offset(text, starts, line, column), _reason(error)


def _offset(text: str, starts: list[int], line: int, column: int) -> int:
    line = min(max(line, 1), len(starts))
    return min(starts[line - 1] + max(column - 1, 0), len(text))


def _as_libcst_reads(text: str) -> tuple[str, tuple[tuple[int, int], ...]]:
    if "\r" in text:
        text = _LONE_CR.sub("\n", text)
    if "\f" not in text:
        return text, ()
    cuts: list[tuple[int, int]] = []
    total = 0
    for match in _FORM_FEED_INDENT.finditer(text):
        cuts.append((match.start() - total, total + len(match.group())))
        total += len(match.group())
    return _FORM_FEED_INDENT.sub("", text), tuple(cuts)


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())


def _reason(error: cst.ParserSyntaxError) -> str:
    text = _one_line(Exception(error.message))
    match = re.match(r"(?:parser|tokenizer) error: (?:error at \d+:\d+: )?(.*)", text)
    return f"cannot be parsed: {match.group(1) if match else text}"


_NOT_WANTED = nullcontext()


class _Recorder(CodegenState):
    """Generates the code, and notes between which tokens the wanted nodes stand."""

    def __init__(self, indent: str, newline: str, wanted: set[int]) -> None:
        super().__init__(indent, newline)
        self.wanted = wanted
        self.recorded: dict[int, tuple[int, int]] = {}

    # A generator for each node, as the base returns, would take a third longer.
    def record_syntactic_position(  # pyright: ignore[reportIncompatibleMethodOverride]
        self,
        node: CSTNode,
        *,
        start_node: CSTNode | None = None,
        end_node: CSTNode | None = None,
    ) -> AbstractContextManager[None]:
        del start_node, end_node
        return self._recording(node) if id(node) in self.wanted else _NOT_WANTED

    @contextmanager
    def _recording(self, node: CSTNode) -> Generator[None]:
        start = len(self.tokens)
        yield
        self.recorded[id(node)] = (start, len(self.tokens))

    def before_codegen(self, node: CSTNode) -> None:
        # Nodes that record no syntactic position of their own (Arg, ImportAlias …).
        if id(node) in self.wanted:
            self.recorded.setdefault(id(node), (len(self.tokens), len(self.tokens)))

    def after_codegen(self, node: CSTNode) -> None:
        if id(node) in self.wanted:
            start, end = self.recorded[id(node)]
            if start == end:
                self.recorded[id(node)] = (start, len(self.tokens))
