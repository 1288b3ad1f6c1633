"""The API of one release: what exists, and what it inherits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from store_lint.chatkit_api.model import (
    Alias,
    Class,
    Constant,
    External,
    Field,
    FunctionSymbol,
    Method,
    ModuleSymbol,
    Param,
    Symbol,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from store_lint.chatkit_api.extract import Facts

_NEAR: Final = 0.6
_CLOSE: Final = 0.75
"""How much of a name must be the same: where one name holds the other, and where it does not."""

# What people and agents write for what chatkit calls otherwise; difflib would not find these.
_MEANT: Final[dict[str, tuple[str, ...]]] = {
    "MessageContentPart": ("UserMessageTextContent", "AssistantMessageContent"),
    "MessageContent": ("UserMessageTextContent", "AssistantMessageContent"),
    "ContentPart": ("UserMessageTextContent", "AssistantMessageContent"),
    "TextContent": ("UserMessageTextContent", "AssistantMessageContent"),
    "TextContentPart": ("UserMessageTextContent", "AssistantMessageContent"),
    "InputText": ("UserMessageTextContent",),
    "InputTextContent": ("UserMessageTextContent",),
    "UserContent": ("UserMessageTextContent",),
    "UserMessageContentPart": ("UserMessageTextContent",),
    "OutputText": ("AssistantMessageContent",),
    "OutputTextContent": ("AssistantMessageContent",),
    "AssistantContent": ("AssistantMessageContent",),
    "AssistantMessageTextContent": ("AssistantMessageContent",),
    "AssistantMessageContentPart": ("AssistantMessageContent",),
    "Message": ("UserMessageItem", "AssistantMessageItem"),
    "MessageItem": ("UserMessageItem", "AssistantMessageItem"),
    "ThreadMessage": ("UserMessageItem", "AssistantMessageItem"),
    "ThreadMessageItem": ("UserMessageItem", "AssistantMessageItem"),
    "UserMessage": ("UserMessageItem",),
    "AssistantMessage": ("AssistantMessageItem",),
    "SystemMessageItem": ("HiddenContextItem",),
    "ToolCallItem": ("ClientToolCallItem",),
    "ToolMessageItem": ("ClientToolCallItem",),
    "ThreadInfo": ("ThreadMetadata",),
    "ThreadData": ("ThreadMetadata",),
    "ThreadSummary": ("ThreadMetadata",),
    "PaginatedResponse": ("Page",),
    "ThreadPage": ("Page",),
    "BaseStore": ("Store",),
    "ChatKitStore": ("Store",),
    "ThreadStore": ("Store",),
    "MemoryStore": ("Store",),
    "StoreError": ("NotFoundError",),
    "ThreadNotFoundError": ("NotFoundError",),
    "ItemNotFoundError": ("NotFoundError",),
    "FileAttachmentItem": ("FileAttachment",),
}

# Names that the modules of the OpenAI client (`openai.types.beta.chatkit`) have as well.
_OF_THE_CLIENT: Final = frozenset({"Annotation", "InferenceOptions", "ThreadListParams"})


class Api:
    """One release of openai-chatkit, from its facts (see `extract`)."""

    def __init__(self, version: str, facts: Facts, history: Callable[[str], tuple[str, ...]]) -> None:
        self.version = version
        self._history = history
        self._symbols: dict[str, list[Any]] = {}
        self._kinds: dict[str, str] = {}
        self._names: dict[str, dict[str, str]] = {}
        self._fields: dict[str, dict[str, Any]] = {}
        self._methods: dict[str, dict[str, Any]] = {}
        self._built: dict[str, Symbol] = {}
        self._orders: dict[str, tuple[Class, ...]] = {}
        for key, found in facts.items():
            kind, _, rest = key.partition("|")
            if kind in ("C", "A", "f", "V"):
                self._symbols[rest] = found  # type: ignore[assignment]
                self._kinds[rest] = kind
            elif kind == "M":
                self._names.setdefault(rest, {})
            else:
                owner, _, name = rest.partition("|")
                table: dict[str, dict[str, Any]] = {
                    "N": self._names,
                    "F": self._fields,
                    "D": self._methods,
                }[kind]
                table.setdefault(owner, {})[name] = found

    # Names

    def modules(self) -> frozenset[str]:
        """The modules of the release."""
        return frozenset(self._names)

    def names(self, module: str) -> frozenset[str]:
        """What `from module import ...` can name; empty for a module that does not exist."""
        return frozenset(self._names.get(module, ()))

    def lookup(self, dotted: str) -> Symbol | None:
        """What a dotted name is, through re-exports; None where this release does not have it."""
        found = self._built.get(dotted)
        if found is not None:
            return found
        if dotted in self._names:
            return ModuleSymbol(dotted)
        module, _, name = dotted.rpartition(".")
        if module not in self._names:
            return None
        target = self._names[module].get(name)
        if target is None:
            return None
        if target in self._names:
            return ModuleSymbol(target)
        symbol = self._build(target)
        self._built[dotted] = self._built[target] = symbol
        return symbol

    def _build(self, qualname: str) -> Symbol:
        kind = self._kinds.get(qualname)
        if kind is None:
            return (Constant if qualname.startswith("chatkit.") else External)(qualname)
        facts = self._symbols[qualname]
        if kind == "A":
            return Alias(qualname, facts[0], tuple(facts[1]), facts[2])
        if kind == "f":
            return FunctionSymbol(qualname, _method(qualname.rpartition(".")[2], facts))
        if kind == "V":
            return Constant(qualname)
        return Class(
            qualname,
            facts[0],
            tuple(facts[1]),
            tuple(facts[2]),
            facts[3],
            {
                name: Field(name, f[0], f[1], f[2], tuple(f[3]), f[4])
                for name, f in self._fields.get(qualname, {}).items()
            },
            {name: _method(name, f) for name, f in self._methods.get(qualname, {}).items()},
            frozenset(facts[4]),
            facts[5],
        )

    def canonical(self, dotted: str) -> str:
        """The name under which a thing is known here, from any dotted name that may mean it.

        A re-export's origin; and for a chatkit name that is asked of a chatkit module which lacks
        it, where it really stands, so that one wrong import does not hide what follows. Names of
        other packages come back as they are.
        """
        if "chatkit" not in dotted:
            return dotted
        symbol = self.lookup(dotted) if dotted.startswith("chatkit.") else None
        if symbol is not None:
            return symbol.name if isinstance(symbol, ModuleSymbol) else symbol.qualname
        module, _, name = dotted.rpartition(".")
        if module in self._symbols or not module:
            return dotted  # an attribute of a class
        parts = module.split(".")
        is_client = parts[0] == "openai" and "chatkit" in parts
        if parts[0] not in ("chatkit", "openai_chatkit") and not is_client:
            return dotted
        if is_client and name in _OF_THE_CLIENT:
            return dotted
        found = self.find(name) if name[:1].isupper() else ()
        return found[0] if found else dotted

    def find(self, name: str) -> tuple[str, ...]:
        """Where things of that name are defined; what stores are made of first."""
        found = [q for q in self._symbols if q.rpartition(".")[2] == name]
        order = ("chatkit.store", "chatkit.types", "chatkit.server", "chatkit.agents")
        rank = {module: index for index, module in enumerate(order)}
        return tuple(sorted(found, key=lambda q: (rank.get(q.rpartition(".")[0], 9), q)))

    def nearest(self, name: str, module: str | None = None, limit: int = 3) -> tuple[str, ...]:
        """The dotted names that somebody who wrote `name` is likely to mean, likeliest first."""
        exact = self.find(name)
        if exact:
            return exact[:limit]
        meant = [q for known in _MEANT.get(name, ()) for q in self.find(known)[:1]]
        if meant:
            return tuple(meant[:limit])
        candidates = {q.rpartition(".")[2]: q for q in reversed(self._symbols)}
        public = [n for n in candidates if not n.startswith("_")]
        inside = [n for n in public if candidates[n].rpartition(".")[0] == module]
        close = _alike(name, inside, limit) or _alike(name, public, limit)
        return tuple(candidates[n] for n in close)

    def other_releases(self, dotted: str) -> tuple[str, ...]:
        """The releases that have the importable name `module.name`, ascending."""
        module, _, name = dotted.rpartition(".")
        return self._history(f"N|{module}|{name}")

    def releases_with_field(self, qualname: str, field: str) -> tuple[str, ...]:
        """The releases in which the class itself defines the field, ascending."""
        return self._history(f"F|{qualname}|{field}")

    # Classes

    def _class(self, name: str) -> Class | None:
        found = self.lookup(name.partition("[")[0])
        return found if isinstance(found, Class) else None

    def mro(self, qualname: str) -> tuple[Class, ...]:
        """The class and its chatkit ancestors in the order that Python looks them up."""
        known = self._orders.get(qualname)
        if known is not None:
            return known
        own = self._class(qualname)
        if own is None:
            return ()
        parents = [p for p in (self._class(b) for b in own.bases) if p is not None]
        sequences = [list(self.mro(p.qualname)) for p in parents]
        sequences.append(list(parents))
        merged = [own]
        while any(sequences):
            head = next(
                s[0] for s in sequences if s and not any(s[0] in other[1:] for other in sequences)
            )
            merged.append(head)
            sequences = [[c for c in s if c is not head] for s in sequences]
        self._orders[qualname] = tuple(merged)
        return self._orders[qualname]

    def external_bases(self, qualname: str) -> tuple[str, ...]:
        """The ancestors of other packages, as texts."""
        return tuple(
            dict.fromkeys(
                base for cls in self.mro(qualname) for base in cls.bases if self._class(base) is None
            )
        )

    def is_subclass(self, qualname: str, base: str) -> bool:
        """Whether a class is, or derives from, another."""
        target = self._class(base)
        return target is not None and target in self.mro(qualname)

    def is_model(self, qualname: str) -> bool:
        """Whether a name is a pydantic model."""
        found = self._class(qualname)
        return found is not None and found.kind == "model"

    def model_fields(self, qualname: str) -> Mapping[str, Field]:
        """All fields of a model, dataclass or TypedDict, inherited ones first, as pydantic orders."""
        fields: dict[str, Field] = {}
        for cls in reversed(self.mro(qualname)):
            fields.update(cls.fields)
        return fields

    def model_extra(self, qualname: str) -> str:
        """What a model does with keywords that it does not have."""
        return next((c.extra for c in self.mro(qualname) if c.extra is not None), "ignore")

    def methods(self, qualname: str) -> Mapping[str, Method]:
        """All methods of a class, inherited ones included."""
        methods: dict[str, Method] = {}
        for cls in reversed(self.mro(qualname)):
            methods.update(cls.methods)
        return methods

    def abstract_methods(self, qualname: str) -> tuple[Method, ...]:
        """The methods that a concrete subclass must define, in the order of the source."""
        order: dict[str, Method] = {}
        for cls in self.mro(qualname):
            for name in cls.methods:
                order.setdefault(name, self.methods(qualname)[name])
        return tuple(m for m in order.values() if m.is_abstract)

    def members(self, qualname: str) -> tuple[str, ...]:
        """The classes that a union alias stands for, nested unions resolved; a class is itself."""
        name, _, _ = qualname.partition("[")
        found = self.lookup(name)
        if isinstance(found, Alias):
            if found.kind == "other":
                return ()
            return tuple(dict.fromkeys(m for inner in found.members for m in self.members(inner)))
        return (found.qualname,) if isinstance(found, Class) else (name,)


def _alike(name: str, names: list[str], limit: int) -> list[str]:
    """Those of `names` for which `name` may be a slip: mistyped, or a word too many or too few."""
    from difflib import get_close_matches

    near = get_close_matches(name, names, limit, _NEAR)
    close = frozenset(get_close_matches(name, near, limit, _CLOSE))
    return [other for other in near if other in close or name in other or other in name]


def _method(name: str, facts: Any) -> Method:
    return Method(
        name,
        tuple(Param(*param) for param in facts[0]),
        facts[1],
        facts[2],
        facts[3],
        facts[4],
        facts[5],
        facts[6],
    )
