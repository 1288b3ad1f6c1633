"""The options that the command and the pytest plugin share, from their words to a target."""

from __future__ import annotations

from typing import TYPE_CHECKING

from store_contract.target import Target, TargetError, load_attribute

if TYPE_CHECKING:
    from collections.abc import Iterable


def target_of(
    spec: str,
    *,
    contexts: str | None = None,
    second_store: str | None = None,
    wrap_stream: str | None = None,
    unsupported: Iterable[str] = (),
) -> Target:
    """The target that command line options name, each hook as `module:attribute`.

    Raises TargetError with one line that says which of them cannot be used, and why.
    """
    make_store = load_attribute(spec, "the store factory")
    if not callable(make_store):
        raise TargetError(
            f"the store factory {spec!r} is a {type(make_store).__name__}, which cannot be called"
        )
    return Target(
        make_store,
        contexts=load_attribute(contexts, "the contexts") if contexts else None,
        second_store=load_attribute(second_store, "the second store") if second_store else None,
        wrap_stream=load_attribute(wrap_stream, "the stream's wrapper") if wrap_stream else None,
        unsupported=dict(_declaration(word) for word in unsupported),
    )


def words(values: Iterable[str]) -> list[str]:
    """The words of options that may be repeated and hold several, separated by commas."""
    return [word.strip() for value in values for word in value.split(",") if word.strip()]


def _declaration(word: str) -> tuple[str, str]:
    key, equals, reason = word.partition("=")
    if not (key.strip() and equals and reason.strip()):
        raise TargetError(f"what is unsupported is declared as 'C41=the reason', not {word!r}")
    return key.strip(), reason.strip()
