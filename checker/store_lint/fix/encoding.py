"""The bytes of a Python file as text and back, so that only what is edited changes."""

from __future__ import annotations

import io
import tokenize


def decoded(data: bytes) -> tuple[str, str]:
    """The text, without a byte order mark, and the encoding that turns it back into these bytes.

    Raises UnicodeDecodeError or SyntaxError (an unknown encoding) as Python itself would.
    """
    encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
    return data.decode(encoding), encoding
