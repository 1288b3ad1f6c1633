"""A mended file put in the place of the old one, whole or not at all."""

from __future__ import annotations

import errno
import os
import stat
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from store_lint.fix.mend import Mended


def write(mended: Mended) -> None:
    """Replace the file; a symbolic link stays one, mode and owner stay as they are.

    Raises OSError, with the old file untouched, if it may not be written or has changed since it
    was checked.
    """
    target = Path(os.path.realpath(mended.path))
    # The folder's permission is what a replacement needs; the file's own says what its owner wants.
    if not os.access(target, os.W_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(mended.path))
    if target.read_bytes() != mended.before:
        raise OSError(errno.EBUSY, "it changed while it was checked", str(mended.path))
    status = target.stat()
    handle, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(mended.after)
            file.flush()
            os.fsync(file.fileno())
        if hasattr(os, "chown"):
            with suppress(PermissionError):
                os.chown(temporary, status.st_uid, status.st_gid)
        temporary.chmod(stat.S_IMODE(status.st_mode))
        temporary.replace(target)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
