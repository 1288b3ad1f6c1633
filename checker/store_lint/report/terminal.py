"""Whether a stream shows colour, how wide it is, and how output reaches it without a traceback.

The reader may have gone (`| head`), the locale may lack the characters: neither changes what was
found, so neither may change the exit code.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import TextIO


def wants_colour(stream: TextIO | None, no_color: bool, environment: Mapping[str, str]) -> bool:
    """Colour for terminals that know it; --no-color, then NO_COLOR, then FORCE_COLOR overrule."""
    if no_color or environment.get("NO_COLOR"):
        return False
    if environment.get("FORCE_COLOR"):
        return True
    return stream is not None and stream.isatty() and environment.get("TERM") != "dumb"


def width(stream: TextIO | None) -> int:
    """Cells in a line; 120 where the stream is no terminal."""
    if stream is None or not stream.isatty():
        return 120
    from shutil import get_terminal_size

    return get_terminal_size().columns


def write(output: str | bytes, stream: TextIO | None) -> None:
    """Write all of `output` and flush; quiet if the reader has gone.

    A character that the stream's encoding lacks is written as its escape; bytes go out as they are.
    Raises OSError if the stream cannot take it for another reason, as a full disk.
    """
    if stream is None:  # the process was started with the stream closed
        return
    try:
        if isinstance(output, bytes):
            stream.flush()
            stream.buffer.write(output)
        else:
            stream.write(_encodable(output, stream))
        stream.flush()
    except BrokenPipeError:
        # What is still buffered would fail once more when the interpreter ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def _encodable(text: str, stream: TextIO) -> str:
    encoding = stream.encoding or sys.getdefaultencoding()
    try:
        text.encode(encoding, stream.errors or "strict")
    except UnicodeEncodeError:
        return text.encode(encoding, "backslashreplace").decode(encoding)
    return text
