"""What CKS001 says of a class: which methods, of whom, and how they are written."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.store_lint.linting import Lint

_BASE = """
from typing import Generic, TypeVar
from chatkit.store import AttachmentStore

K = TypeVar("K")
T = TypeVar("T")
"""
_DELETE = "`async def delete_attachment(self, attachment_id: str, context: {}) -> None`"


@pytest.mark.parametrize(
    ("classes", "context"),
    [
        ("class Files(AttachmentStore): pass", "TContext"),
        ("class Files(AttachmentStore[dict[str, int]]): pass", "dict[str, int]"),
        ("class BaseFiles(AttachmentStore[T]): pass\nclass Files(BaseFiles[int]): pass", "int"),
        (
            "class BaseFiles(AttachmentStore[T], Generic[K, T]): pass\n"
            "class Files(BaseFiles[str, bytes]): pass",
            "bytes",
        ),
        ("class BaseFiles[C](AttachmentStore[C]): pass\nclass Files(BaseFiles[bool]): pass", "bool"),
        ("class BaseFiles(AttachmentStore[float]): pass\nclass Files(BaseFiles): pass", "float"),
        ("class BaseFiles(AttachmentStore[T]): pass\nclass Files(BaseFiles): pass", "TContext"),
    ],
)
def test_the_signature_names_the_context(lint: Lint, classes: str, context: str) -> None:
    (finding,) = lint(f"{_BASE}\n{classes}\n", ["CKS001"])
    assert finding.remedy == f"define {_DELETE.format(context)}"
    assert finding.message == (
        "`Files` lacks the abstract method `delete_attachment` of `AttachmentStore`: "
        "`Files()` raises TypeError"
    )
    assert not finding.edits


def test_one_finding_lists_all_that_a_class_lacks(lint: Lint) -> None:
    (finding,) = lint(
        "from abc import abstractmethod\nfrom chatkit.store import AttachmentStore\n"
        "class BaseFiles(AttachmentStore):\n    @abstractmethod\n    def path(self, name: str,\n"
        "             *parts: str) -> str: ...\n"
        "class Files(BaseFiles): pass\n",
        ["CKS001"],
    )
    assert "2 abstract methods" in finding.message
    assert "`delete_attachment`" in finding.message
    assert "`path` of `AttachmentStore` and `BaseFiles`" in finding.message
    assert "`def path(self, name: str, *parts: str) -> str`" in finding.remedy


@pytest.mark.parametrize("chatkit", ["1.0.0", "1.6.5"])
def test_the_release_decides_what_is_abstract(lint: Lint, chatkit: str) -> None:
    (finding,) = lint(
        "from chatkit.store import Store\nclass Threads(Store): pass\n", ["CKS001"], chatkit=chatkit
    )
    assert "`delete_thread_item`" in finding.message
    assert "`generate_thread_id`" not in finding.message
