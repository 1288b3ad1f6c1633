"""CKS005: a query parameter is of the wrong type, of none that can be checked, or missing."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from store_lint.flow.relevance import Signs
from store_lint.rules.base import Rule
from store_lint.rules.queries import queries
from store_lint.rules.sql.drivers import METHODS, PACKAGES
from store_lint.rules.sql.tokens import STATEMENT

if TYPE_CHECKING:
    from collections.abc import Iterable

    import libcst as cst

    from store_lint.rules.base import Context, Violation
    from store_lint.rules.sql.project import Project
    from store_lint.tree.module import Module


class UntypedQueryParam(Rule):
    summary: ClassVar[str] = "a query parameter has the wrong type, or one that nothing can check"
    signs: ClassVar[Signs] = Signs(PACKAGES, rf"^(?:{'|'.join(sorted(METHODS))})$", STATEMENT)

    def __init__(self) -> None:
        self._projects: dict[str, Project] = {}

    def check(self, module: Module, context: Context) -> Iterable[Violation]:
        events = context.flow.events(module)
        found = queries(module, context.flow)
        if not found.sent and not found.expressions:
            return ()
        # What reads SQL takes time to import, and most files send none.
        from store_lint.rules.bound_values import BoundValues
        from store_lint.rules.sql.project import Project, folder_of
        from store_lint.rules.typed_lists import TypedLists, unannotated

        folder = folder_of(str(module.path.parent))
        project = self._projects.setdefault(folder, Project(context.program, module))
        texts = [text for sent in found.sent for text in sent.texts]
        violations: dict[cst.CSTNode, Violation] = {}
        bound = BoundValues(module, context, texts, project)
        for sent in found.sent:
            for violation in bound.check(sent):
                violations.setdefault(violation.node, violation)
        for violation in TypedLists(module, context, events, found).check():
            violations.setdefault(violation.node, violation)
        for violation in unannotated(module, context, found):
            violations.setdefault(violation.node, violation)
        return violations.values()
