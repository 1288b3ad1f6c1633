# No model derives from Mapping, nor from what else asks for that; Iterable asks for a method only.
import collections.abc
import typing
from collections.abc import Iterable, Mapping, MutableMapping, Sequence, Set

from chatkit.types import Source


def mapping(value: Source, key: str):
    if isinstance(value, Mapping):
        return value.get(key)
    return getattr(value, key, None)


def several(value: Source, key: str):
    if isinstance(value, (dict, MutableMapping)):
        return value.get(key)
    if isinstance(value, (Sequence, Set)):
        return value.index(key)
    return value.get(key)  # CKS006


def by_module(value: Source, key: str):
    if isinstance(value, collections.abc.Mapping) or isinstance(value, typing.Mapping):
        return value.get(key)
    if isinstance(value, typing.AbstractSet):
        return value.isdisjoint(key)
    return None


def matched(value: Source, key: str):
    match value:
        case Mapping():
            return value.get(key)
        case _:
            return value.get(key)  # CKS006


def no_mapping(value: Source, key: str):
    if not isinstance(value, Mapping):
        return value.get(key)  # CKS006
    return value[key]


def by_method(value: Source, key: str):
    if isinstance(value, Iterable):
        return value.get(key)  # CKS006
    return None


def one_of_them(value: Source, key: str):
    if isinstance(value, (Mapping, Iterable)):
        return value.get(key)  # CKS006
    return None
