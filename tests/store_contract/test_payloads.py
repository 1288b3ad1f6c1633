"""Payloads come from the models that are installed, so a new one needs no work here."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import chatkit.types as models
from hypothesis import HealthCheck, given, settings
from pydantic import BaseModel, Field

from store_contract import payloads
from store_contract.expect import difference


class Reaction(models.ThreadItemBase):
    """A type of item that no release has."""

    type: Literal["reaction"] = "reaction"
    emoji: Annotated[str, Field(min_length=3)]
    weights: dict[str, float] = Field(default_factory=dict[str, float])
    above: Reaction | None = None


def _all_of(strategy: Any, examples: int = 60) -> list[Any]:
    seen: list[Any] = []

    @settings(
        max_examples=examples,
        derandomize=True,
        database=None,
        suppress_health_check=[HealthCheck.too_slow],
    )
    @given(strategy)
    def collect(value: Any) -> None:
        seen.append(value)

    collect()
    return seen


def test_every_type_of_item_is_a_member() -> None:
    kinds = {kind.model_fields["type"].default for kind in payloads.members(models.ThreadItem)}
    assert {"user_message", "assistant_message", "client_tool_call", "widget", "workflow"} <= kinds
    assert len(kinds) == len(payloads.members(models.ThreadItem)) >= 11


def test_each_kind_is_drawn_with_and_without_its_optional_fields() -> None:
    messages = _all_of(payloads.items(models.UserMessageItem))
    assert {bool(message.attachments) for message in messages} == {True, False}
    assert {message.quoted_text is None for message in messages} == {True, False}
    assert any("type" not in message.model_fields_set for message in messages)
    assert all(type(message) is models.UserMessageItem for message in messages)


def test_a_new_type_with_constraints_and_recursion_is_drawn(monkeypatch: Any) -> None:
    union = Annotated[models.EndOfTurnItem | Reaction, Field(discriminator="type")]
    from pydantic import TypeAdapter

    monkeypatch.setattr(payloads, "ITEM", TypeAdapter(union))
    assert payloads.members(union) == (models.EndOfTurnItem, Reaction)
    drawn = _all_of(payloads.items(Reaction))
    assert all(len(reaction.emoji) >= 3 for reaction in drawn)
    assert any(reaction.above for reaction in drawn)
    assert any(reaction.weights for reaction in drawn)


def test_threads_have_every_status() -> None:
    drawn = _all_of(payloads.threads(), 100)
    statuses: set[Any] = {type(thread.status) for thread in drawn}
    assert statuses == {*payloads.members(models.ThreadStatus)}


class Pair(BaseModel):
    """A model to compare."""

    left: Any
    right: Any = None


def test_differences_are_found_where_equality_sees_none() -> None:
    assert difference(Pair(left=[1]), Pair(left=[True])) == "left[0] is 1, not True"
    assert difference(Pair(left=1.0), Pair(left=1)) is None
    assert difference(Pair(left={"a": 1}), Pair(left={})) == "left gained 'a'"
    assert difference(Pair(left={}), Pair(left={"a": 1})) == "left lost 'a'"
    assert difference(Pair(left=(1,)), Pair(left=[1])) is not None
    assert difference({"left": 1}, Pair(left=1)) == "it is a dict, not a Pair"
