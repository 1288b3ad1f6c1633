import os
from pathlib import Path

import pytest

from store_lint.fix.mend import Mended
from store_lint.fix.write import write


def test_the_new_bytes_replace_the_old_and_the_mode_stays(tmp_path: Path) -> None:
    file = tmp_path / "a.py"
    file.write_bytes(b"old\r\n")
    file.chmod(0o750)
    write(Mended(file, b"old\r\n", b"new\r\n", 1))
    assert file.read_bytes() == b"new\r\n"
    assert file.stat().st_mode & 0o777 == 0o750
    assert list(tmp_path.iterdir()) == [file]


def test_a_symbolic_link_is_written_through(tmp_path: Path) -> None:
    file, link = tmp_path / "a.py", tmp_path / "elsewhere" / "b.py"
    file.write_bytes(b"old")
    link.parent.mkdir()
    link.symlink_to(file)
    write(Mended(link, b"old", b"new", 1))
    assert link.is_symlink()
    assert file.read_bytes() == b"new"
    assert list(link.parent.iterdir()) == [link]


def test_a_file_changed_since_is_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "a.py"
    file.write_bytes(b"newer")
    with pytest.raises(OSError, match="changed while it was checked"):
        write(Mended(file, b"old", b"new", 1))
    assert file.read_bytes() == b"newer"


def test_a_read_only_file_is_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "a.py"
    file.write_bytes(b"old")

    # Tests may run as root, to whom everything is writable.
    def writable(*_: object) -> bool:
        return False

    monkeypatch.setattr(os, "access", writable)
    with pytest.raises(PermissionError):
        write(Mended(file, b"old", b"new", 1))
    assert file.read_bytes() == b"old"


def test_a_failure_on_the_way_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "a.py"
    file.write_bytes(b"old")

    def disk_full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", disk_full)
    with pytest.raises(OSError, match="No space left"):
        write(Mended(file, b"old", b"new", 1))
    assert file.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [file]
