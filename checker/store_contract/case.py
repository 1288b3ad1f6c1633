"""What a case of the contract is, and where all of them are found.

A case is a function named after the fact that it proves, as in `C15_add_is_idempotent`. Its
docstring is read by people who look at a failure and is the source of the contract's page, so it
has a form:

    What holds, in a sentence.

    Why: what relies on it; for an `upstream` case the file and function of openai-chatkit.
    Mend: what to change in the store.
"""

from __future__ import annotations

import inspect
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Mapping

    from store_contract.bench import Bench

    CaseFunction = Callable[[Bench], Awaitable[None] | None]

Profile = Literal["upstream", "house"]
"""`upstream`: openai-chatkit relies on it. `house`: our decision where it leaves a choice."""

Need = Literal["attachments", "tenants", "second_store", "wrap_stream"]

PROFILES: tuple[Profile, ...] = ("upstream", "house")
FEATURES: Mapping[Need, str] = {
    "attachments": "the store keeps attachments",
    "tenants": "the store tells tenants apart",
}
"""What a store may lack by declaration; everything else that it lacks is declared by case or id."""
HOOKS: Mapping[Need, str] = {
    "second_store": "no `second_store` was given, a function that opens another store on the same data",
    "wrap_stream": "no `wrap_stream` was given, the application's wrapper around the server's stream",
}
"""What a case asks of the one who runs it, and why it does not apply where that is not given."""

_NAME = re.compile(r"C\d\d_[a-zA-Z0-9_]+")
_DOCSTRING = re.compile(r"(?P<what>.+?)\n\nWhy: (?P<why>.+?)\nMend: (?P<mend>.+)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Case:
    """One behaviour, and the function that raises `BrokenError` if a store lacks it."""

    name: str
    profile: Profile
    needs: frozenset[Need]
    what: str
    why: str
    mend: str
    prove: CaseFunction

    @property
    def id(self) -> str:
        """The contract's id, as in C15."""
        return self.name[:3]


_registry: dict[str, Case] = {}


def upstream(*needs: Need) -> Callable[[CaseFunction], CaseFunction]:
    """Register a case that openai-chatkit's server, docs or tests rely on."""
    return _registrar("upstream", needs)


def house(*needs: Need) -> Callable[[CaseFunction], CaseFunction]:
    """Register a case that rests on a decision of this project."""
    return _registrar("house", needs)


def all_cases() -> tuple[Case, ...]:
    """Every case, ordered by id, then as written. Imports openai-chatkit and hypothesis."""
    import store_contract.cases as cases

    del cases  # imported for the registrations
    return tuple(sorted(_registry.values(), key=lambda case: case.id))


class UnknownCaseError(ValueError):
    """A name that no case, id or feature has."""


def select(wanted: Iterable[str], profile: Profile) -> tuple[Case, ...]:
    """The cases of a profile (`house` has all) whose id or name begins with one of `wanted`.

    An empty `wanted` means all. Raises UnknownCaseError if one of them matches nothing in any
    profile, or nothing but cases that the profile leaves out.
    """
    offered = [case for case in all_cases() if profile == "house" or case.profile == "upstream"]
    wanted = tuple(wanted)
    for word in wanted:
        if not any(case.name.startswith(word) for case in offered):
            known = any(case.name.startswith(word) for case in all_cases())
            hint = "only `--profile house` has it" if known else "`store-contract --list` shows all"
            raise UnknownCaseError(f"no case begins with {word!r}: {hint}")
    return tuple(
        case for case in offered if not wanted or any(case.name.startswith(word) for word in wanted)
    )


def check_declarations(unsupported: Mapping[str, str]) -> None:
    """Raise UnknownCaseError unless every key is a case, an id or a feature, and every reason says
    something."""
    known = {*FEATURES, *(case.name for case in all_cases()), *(case.id for case in all_cases())}
    for key, reason in unsupported.items():
        if key not in known:
            features = " or ".join(FEATURES)
            raise UnknownCaseError(
                f"{key!r} is no case, id ({'C41'}) or feature ({features}) that can be missing"
            )
        if not reason.strip():
            raise UnknownCaseError(f"{key!r} is declared missing without a reason")


def declared_reason(case: Case, unsupported: Mapping[str, str]) -> str | None:
    """Why the case is declared missing, or None."""
    for key in (case.name, case.id, *sorted(case.needs)):
        if key in unsupported:
            return unsupported[key]
    return None


def _registrar(profile: Profile, needs: tuple[Need, ...]) -> Callable[[CaseFunction], CaseFunction]:
    def register(function: CaseFunction) -> CaseFunction:
        name = function.__name__
        parts = _DOCSTRING.fullmatch(inspect.getdoc(function) or "")
        if not _NAME.fullmatch(name) or parts is None or name in _registry:
            raise TypeError(
                f"{name}: not the form that the docstring of {__name__} describes, or a second one"
            )
        texts = {key: " ".join(text.split()) for key, text in parts.groupdict().items()}
        _registry[name] = Case(name, profile, frozenset(needs), prove=function, **texts)
        return function

    return register
