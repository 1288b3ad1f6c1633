"""A chatkit of the project's own: a fork that stands beside its code, with names of its own."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from store_lint.tree.program import LocalClass

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from store_lint.tree.module import Module
    from store_lint.tree.program import Program

_FILES: Final = ("__init__.py", "server.py", "store.py", "types.py")
"""What a package that is a chatkit of its own holds."""


def forked_modules(program: Program, near: Module, module: str, name: str) -> Iterator[Module]:
    """The files that are `module` (`chatkit.types`) in a fork (`chatkit-python/chatkit/`) and bind
    `name` at their top; a lone `chatkit.py` above the importer may come before the package too."""
    if module.partition(".")[0] != "chatkit":
        return
    defined = rf"(?m)(?:class|def)\s+{re.escape(name)}\b|^{re.escape(name)}\b".encode()
    ending = "/" + module.replace(".", "/")

    def is_called_so(path: Path) -> bool:
        named = path.parent if path.name == "__init__.py" else path.with_suffix("")
        return named.as_posix().endswith(ending)

    for other in program.mentioning(name, near, defined, is_called_so):
        folder = other.path.parent
        is_package = all((folder / file).is_file() for file in _FILES)
        is_alone = other.path.name == "chatkit.py" and not (folder / "__init__.py").exists()
        if name in other.scope.bindings and (
            is_package or (is_alone and near.path.is_relative_to(folder))
        ):
            yield other


def forked_class(program: Program, near: Module, dotted: str) -> LocalClass | None:
    """The class of a fork that stands for `chatkit.types.ThreadMetadata`."""
    module, _, name = dotted.rpartition(".")
    for other in forked_modules(program, near, module, name):
        for child in other.scope.children:
            if child.is_class and child.name == name:
                return LocalClass(child)
    return None


def has_in_fork(program: Program, near: Module, dotted: str, attribute: str) -> bool:
    """Whether a class of chatkit has an attribute in a fork, if not in the release."""
    found = forked_class(program, near, dotted)
    return found is not None and any(
        isinstance(cls, LocalClass) and attribute in cls.scope.bindings
        for cls in program.lineage(found).classes
    )
