from collections.abc import Callable
from pathlib import Path

import pytest

from store_lint.finding import Edit, Finding
from store_lint.fix.mend import MendError, mend
from tests.store_lint.report.samples import finding

PATH = Path("store.py")


def replacing(words: dict[str, str]) -> Callable[[bytes], list[Finding]]:
    """A check that wants each word replaced, first occurrence only."""

    def check(data: bytes) -> list[Finding]:
        text = data.decode("utf-8-sig")
        found: list[Finding] = []
        for word, text_instead in words.items():
            if word in text:
                start = text.index(word)
                found.append(finding(text, word, Edit(start, start + len(word), text_instead)))
        return found

    return check


def mended(data: bytes, check: Callable[[bytes], list[Finding]]) -> tuple[bytes, int]:
    result = mend(PATH, data, check(data), check)
    assert result.before == data
    return result.after, result.fixed


def test_rounds_go_on_until_nothing_is_left() -> None:
    assert mended(b"one, one\n", replacing({"one": "two", "two": "3"})) == (b"3, 3\n", 4)


def test_what_is_not_edited_stays_byte_for_byte() -> None:
    data = b"\xef\xbb\xbf# caf\xc3\xa9\r\nx = old\t\r\ny = 1\x0c\n\n z"
    data = data.replace(b"\n z", b"\r#z")
    after, fixed = mended(data, replacing({"old": "new"}))
    assert (after, fixed) == (data.replace(b"old", b"new"), 1)


def test_the_encoding_that_the_file_declares_is_kept() -> None:
    data = "# -*- coding: latin-1 -*-\nx = 'é', old\n".encode("latin-1")
    found = finding(data.decode("latin-1"), "old", Edit(35, 38, "'è'"))
    result = mend(PATH, data, [found], lambda _: [])
    assert result.after == "# -*- coding: latin-1 -*-\nx = 'é', 'è'\n".encode("latin-1")


def test_a_character_that_the_encoding_lacks_is_refused() -> None:
    data = b"# coding: ascii\nold\n"
    found = finding(data.decode(), "old", Edit(16, 19, "'é'"))
    with pytest.raises(MendError, match=r"store\.py: its encoding \S+ lacks a character"):
        mend(PATH, data, [found], lambda _: [])


def test_a_fix_that_breaks_the_file_is_refused() -> None:
    with pytest.raises(MendError, match="the fixes of CKS004 would leave code that does not parse"):
        mended(b"x = old\n", replacing({"old": "("}))


def test_fixes_that_undo_each_other_are_refused() -> None:
    with pytest.raises(MendError, match="undo each other"):
        mended(b"x = old\n", replacing({"old": "new", "new": "old"}))


def test_malformed_edits_are_refused() -> None:
    with pytest.raises(MendError, match="CKS004 made edits"):
        mend(PATH, b"x\n", [finding("x\n", "x", Edit(0, 99, ""))], lambda _: [])
