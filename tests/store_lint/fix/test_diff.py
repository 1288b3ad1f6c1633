import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from store_lint.fix.diff import unified_diff
from store_lint.fix.mend import Mended
from tests.store_lint.report.samples import FOLDER, patient


def diff(before: bytes, after: bytes, path: Path = Path("a.py")) -> bytes:
    return unified_diff(Mended(path, before, after, 1), FOLDER)


def test_a_changed_line() -> None:
    assert diff(b"a\nb\nc\n", b"a\nB\nc\n") == (
        b"--- a/a.py\n+++ b/a.py\n@@ -1,3 +1,3 @@\n a\n-b\n+B\n c\n"
    )


def test_a_last_line_without_its_end_is_marked() -> None:
    no_newline = b"\\ No newline at end of file\n"
    assert diff(b"a\nb", b"a\nc").endswith(b" a\n-b\n" + no_newline + b"+c\n" + no_newline)
    assert diff(b"a\nb\n", b"a\nb").endswith(b" a\n-b\n+b\n" + no_newline)
    assert diff(b"a\n", b"").endswith(b"@@ -1 +0,0 @@\n-a\n")


@pytest.mark.parametrize(
    ("path", "names"),
    [
        (FOLDER / "sub" / "a.py", b"--- a/sub/a.py\n+++ b/sub/a.py\n"),
        (Path("/elsewhere/a.py"), b"--- /elsewhere/a.py\n+++ /elsewhere/a.py\n"),
        (Path("a b.py"), b"--- a/a b.py\t\n+++ b/a b.py\t\n"),
    ],
)
def test_names_are_relative_where_a_patch_can_be_applied(path: Path, names: bytes) -> None:
    assert diff(b"a\n", b"b\n", path).startswith(names)


def test_bytes_of_any_encoding_pass() -> None:
    assert b"-\xe9\r\n+\xe8\r\n" in diff(b"\xe9\r\n", b"\xe8\r\n")


lines = st.lists(st.sampled_from([b"a\n", b"b\r\n", b"c\x0c\n", b"\n", b"\xe2\x80\xa8\r \n"]))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("patched")


@settings(patient, max_examples=30)  # each starts a process
@given(before=lines, after=lines, ends=st.tuples(*[st.sampled_from([b"", b"end"])] * 2))
def test_git_applies_it(
    folder: Path, before: list[bytes], after: list[bytes], ends: tuple[bytes, bytes]
) -> None:
    old, new = b"".join(before) + ends[0], b"".join(after) + ends[1]
    if old == new or not old or not new:  # git takes an empty side for a new or removed file
        return
    (folder / "a.py").write_bytes(old)
    subprocess.run(
        ["git", "apply", "--whitespace=nowarn", "-"], input=diff(old, new), cwd=folder, check=True
    )
    assert (folder / "a.py").read_bytes() == new
