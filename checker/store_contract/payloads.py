"""Hypothesis strategies for everything that a store is handed, built from the installed chatkit's
models.

No type of item is named here: a release that adds one, or a field to one, is covered the day that it is
installed. Values are what JSON can carry: each object is put through pydantic's own JSON once, so that
what a store gives back after any number of such trips must be equal to what it was given.
"""

from __future__ import annotations

import types
from datetime import datetime, timedelta, timezone
from typing import Annotated, Any, Literal, TypeVar, Union, cast, get_args, get_origin

import chatkit.types as models
from hypothesis import reject
from hypothesis import strategies as st
from pydantic import AnyUrl, BaseModel, TypeAdapter, ValidationError
from pydantic_core import PydanticSerializationError
from typing_extensions import get_type_hints, is_typeddict

Model = TypeVar("Model", bound=BaseModel)

ITEM: TypeAdapter[Any] = TypeAdapter(models.ThreadItem)
ATTACHMENT: TypeAdapter[Any] = TypeAdapter(models.Attachment)

_DEPTH = 4
"""How many models are nested before optional fields and lists stay empty."""

_TEXT = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0"), max_size=12)
_INTEGERS = st.integers(min_value=-(2**53) + 1, max_value=2**53 - 1)
_FLOATS = st.floats(allow_nan=False, allow_infinity=False, width=32)
_ZONES = st.sampled_from(
    [timezone.utc, timezone(timedelta(hours=5, minutes=45)), timezone(timedelta(hours=-8))]
)
_FIRST, _LAST = datetime(2000, 1, 1), datetime(2099, 12, 31, 23, 59, 59, 999999)
_TIMES = st.datetimes(_FIRST, _LAST) | st.datetimes(_FIRST, _LAST, timezones=_ZONES)
_URLS = st.builds(
    "https://{}.example/{}".format,
    st.from_regex(r"[a-z]{1,8}", fullmatch=True),
    st.from_regex(r"[a-z0-9/]{0,12}", fullmatch=True),
)
_JSON = st.recursive(
    st.none() | st.booleans() | _INTEGERS | _FLOATS | _TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_TEXT, inner, max_size=3),
    max_leaves=6,
)
_EXTRA_KEYS = st.from_regex(r"x[a-z]{1,6}", fullmatch=True)
_LEAVES: dict[Any, st.SearchStrategy[Any]] = {
    str: _TEXT,
    int: _INTEGERS,
    float: _FLOATS,
    bool: st.booleans(),
    type(None): st.none(),
    Any: _JSON,
    object: _JSON,
    datetime: _TIMES,
    AnyUrl: _URLS,
}


def members(union: Any) -> tuple[type[BaseModel], ...]:
    """The models of a union such as `chatkit.types.ThreadItem`, annotations taken off."""
    while get_origin(union) is Annotated:
        union = get_args(union)[0]
    return tuple(
        union_member for member in get_args(union) or (union,) for union_member in _plain(member)
    )


def items(kind: type[BaseModel]) -> st.SearchStrategy[Any]:
    """Thread items of one kind."""
    return _round_tripped(_of_model(kind), ITEM)


def any_item() -> st.SearchStrategy[Any]:
    """Thread items of every kind."""
    return st.sampled_from(members(models.ThreadItem)).flatmap(items)


def attachments() -> st.SearchStrategy[Any]:
    """Attachments of every kind."""
    return st.one_of(
        [_round_tripped(_of_model(kind), ATTACHMENT) for kind in members(models.Attachment)]
    )


def threads() -> st.SearchStrategy[models.ThreadMetadata]:
    """Threads with every status, metadata and image domains."""
    return _round_tripped(_of_model(models.ThreadMetadata), TypeAdapter(models.ThreadMetadata))


def _round_tripped(
    strategy: st.SearchStrategy[Model], adapter: TypeAdapter[Any]
) -> st.SearchStrategy[Model]:
    def trip(value: Model) -> Model | None:
        try:
            once = adapter.validate_json(adapter.dump_json(value))
            again = adapter.validate_json(adapter.dump_json(once))
        except (ValidationError, PydanticSerializationError):
            return None
        if once != again:
            return None
        # Rather the original: which fields were set decides what `exclude_unset` loses.
        return value if value == once else once

    return (
        strategy.map(trip).filter(lambda value: value is not None).map(lambda value: cast(Model, value))
    )


@st.composite
def _of_model(draw: st.DrawFn, model: type[Model]) -> Model:
    return _instance(draw, model, _DEPTH)


def _instance(draw: st.DrawFn, model: type[Model], depth: int) -> Model:
    """An object and no dict: where its discriminator is left to the default, only the class tells."""
    model.model_rebuild()  # resolves the forward references of a model that nobody has used yet
    values: dict[str, Any] = {}
    if model.model_config.get("extra") == "allow" and depth > 0:
        values |= draw(st.dictionaries(_EXTRA_KEYS, _JSON, max_size=2))
    for name, field in model.model_fields.items():
        if field.is_required() or (depth > 0 and draw(st.booleans())):
            annotation: Any = field.annotation
            constrained = Annotated[(annotation, *field.metadata)] if field.metadata else annotation
            values[field.alias or name] = _value(draw, constrained, depth)
    try:
        return model.model_validate(values)
    except ValidationError:  # a validator of the model wants more than its types say
        return reject()


def _value(draw: st.DrawFn, annotation: Any, depth: int) -> Any:
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        inner, *metadata = arguments
        constraints = [one for one in metadata if type(one).__module__.startswith("annotated_types")]
        if not constraints:
            return _value(draw, inner, depth)
        constrained: Any = Annotated[(inner, *constraints)]
        return draw(st.from_type(constrained))
    if annotation in _LEAVES:
        return draw(_LEAVES[annotation])
    if origin is Literal:
        return draw(st.sampled_from(arguments))
    if origin in (Union, types.UnionType):
        if type(None) in arguments:
            if draw(st.integers(0, 3)) == 0:
                return None
            arguments = tuple(one for one in arguments if one is not type(None))
        flat = [one for one in arguments if not _nests(one)]
        return _value(draw, draw(st.sampled_from((depth <= 0 and flat) or arguments)), depth)
    if origin in (list, tuple, set, frozenset):
        count = 0 if depth <= 0 else draw(st.integers(0, 2))
        return [_value(draw, arguments[0], depth - 1) for _ in range(count)]
    if origin is dict:
        count = draw(st.integers(0, 2))
        return {
            _value(draw, arguments[0], depth): _value(draw, arguments[1], depth) for _ in range(count)
        }
    if is_typeddict(annotation):
        return _typed_dict(draw, annotation, depth - 1)
    kind: Any = annotation
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return _instance(draw, annotation, depth - 1)
    return draw(st.from_type(kind))


def _typed_dict(draw: st.DrawFn, kind: Any, depth: int) -> dict[str, Any]:
    required: frozenset[str] = kind.__required_keys__
    return {
        name: _value(draw, hint, depth)
        for name, hint in get_type_hints(kind).items()
        if name in required or draw(st.booleans())
    }


def _nests(annotation: Any) -> bool:
    return annotation not in _LEAVES and get_origin(annotation) is not Literal


def _plain(annotation: Any) -> tuple[type[BaseModel], ...]:
    return members(annotation) if get_origin(annotation) is not None else (annotation,)
