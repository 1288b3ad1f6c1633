"""Whether a datetime knows its time zone: the type argument of an instance of datetime.datetime."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from store_lint.flow.values import Constant, Instance, Nothing, Unknown, Value, value

if TYPE_CHECKING:
    from collections.abc import Sequence

    from store_lint.flow.events import Argument

DATETIME: Final = "datetime.datetime"
AWARE: Final[Value] = value(Constant("aware"))
NAIVE: Final[Value] = value(Constant("naive"))

_ZONE_AT: Final = {"now": 0, "fromtimestamp": 1, "": 7}
"""Where a zone may stand among the positional arguments; '' is the class itself."""
_ZONE_NAMES: Final = frozenset({"tz", "tzinfo"})


def moment(method: str, args: Sequence[Argument]) -> Value | None:
    """What `datetime.<method>(…)` gives; '' is the constructor. None where no datetime is made."""
    if method in ("utcnow", "today", "utcfromtimestamp"):
        return _instance(NAIVE)
    if method not in _ZONE_AT:
        return None
    if any(arg.star for arg in args):
        return _instance(None)
    zone = next((a.value for a in args if a.keyword in _ZONE_NAMES), None)
    positional = [a.value for a in args if a.keyword is None]
    if zone is None and len(positional) > _ZONE_AT[method]:
        zone = positional[_ZONE_AT[method]]
    return _instance(NAIVE if zone is None else _awareness(zone))


def derived(receiver: Value, method: str, args: Sequence[Argument]) -> Value | None:
    """What a method of a datetime gives, where that is a datetime."""
    if method == "astimezone":
        return _instance(AWARE)
    if method != "replace" or any(arg.star for arg in args):
        return None
    zone = next((a.value for a in args if a.keyword == "tzinfo"), None)
    if zone is not None:
        return _instance(_awareness(zone))
    return frozenset(a for a in receiver if isinstance(a, Instance) and a.cls == DATETIME) or None


def is_moment(of: Value) -> bool:
    return bool(of) and all(isinstance(a, Instance) and a.cls == DATETIME for a in of)


def _awareness(zone: Value) -> Value | None:
    if all(isinstance(atom, Nothing) for atom in zone):
        return NAIVE
    if any(isinstance(atom, (Nothing, Unknown)) for atom in zone):
        return None
    return AWARE


def _instance(awareness: Value | None) -> Value:
    return value(Instance(DATETIME, (awareness,) if awareness is not None else ()))
