"""What is bound to the placeholders of a query, held against what the driver and the server take."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import libcst as cst

from store_lint.flow.moments import AWARE, DATETIME
from store_lint.flow.values import (
    UNKNOWN,
    BuiltSequence,
    Constant,
    Instance,
    Nothing,
    Text,
    Unset,
    join_all,
)
from store_lint.rules.base import Replacement, Violation
from store_lint.rules.python_types import python_type
from store_lint.rules.sql.binding import (
    CUT,
    aiomysql_refusal,
    asyncpg_refusal,
    psycopg_refusal,
    sqlite_refusal,
)
from store_lint.rules.sql.drivers import AIOMYSQL, ASYNCPG, MYSQL, PSYCOPG, SQLITE
from store_lint.rules.sql.parameters import IS_NULL, Statement
from store_lint.rules.sql.project import Project, Tables
from store_lint.rules.sql.tokens import tokenize
from store_lint.tree.expressions import ancestors

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from store_lint.finding import Severity
    from store_lint.flow.values import Atom
    from store_lint.rules.base import Context
    from store_lint.rules.queries import Bound, Parameters, Sent
    from store_lint.rules.sql.drivers import Driver
    from store_lint.rules.sql.parameters import Occurrence
    from store_lint.tree.module import Module

_JSON: Final = frozenset({"json", "jsonb"})
_DEFINING: Final = re.compile(r"\s*(?:CREATE|ALTER|DROP|DO|TRUNCATE|PRAGMA)\b", re.IGNORECASE)
_NUMBER: Final = re.compile(r"\d+$")


@dataclass(frozen=True, slots=True)
class _Read:
    """One alternative of a query's text."""

    occurrences: tuple[Occurrence, ...]
    is_whole: bool
    """Whether every placeholder is known."""
    is_single: bool

    def keys(self, driver: Driver) -> list[str]:
        """The placeholders, each once, in the order of the text; `?` and `%s` once for each place."""
        in_text = sorted(self.occurrences, key=lambda o: o.index)
        if driver is ASYNCPG:
            return sorted(
                {o.name for o in in_text if "\0" not in o.name}, key=lambda name: int(name[1:])
            )
        found: list[str] = []
        for occurrence in in_text:
            name = occurrence.name
            if name in ("?", "%s", "%b", "%t") or name not in found:
                found.append(name)
        return found


@dataclass(frozen=True, slots=True)
class _Verdict:
    """Why a value does not fit, and what to do about it."""

    why: str
    remedy: str
    severity: Severity = "error"
    edits: tuple[Replacement, ...] = ()


class BoundValues:
    """Checks the queries of one file."""

    def __init__(
        self, module: Module, context: Context, texts: Sequence[str], project: Project
    ) -> None:
        self._module = module
        self._context = context
        self._project = project
        self._tables = Tables(texts, module.source.text, project)
        self._reads: dict[tuple[str, str], _Read] = {}

    def check(self, sent: Sent) -> Iterator[Violation]:
        """What is wrong with one query, as one way through the code sends it."""
        if not sent.texts or all(_DEFINING.match(text) for text in sent.texts):
            return
        driver = sent.query.driver
        reads = [self._read(text, driver) for text in sent.texts]
        untyped = self._untyped(sent, reads)
        if untyped is not None:
            yield untyped
            return
        for run in sent.runs:
            miscounted = _miscounted(sent, reads, run)
            if miscounted is not None:
                yield miscounted
                return
            yield from self._misfits(sent, reads, run)

    def _read(self, text: str, driver: Driver) -> _Read:
        key = (text, driver.style)
        found = self._reads.get(key)
        if found is None:
            statement = Statement(tokenize(text, driver.style), self._tables)
            found = self._reads[key] = _Read(
                tuple(statement.occurrences()), statement.is_whole, statement.is_single
            )
        return found

    # `$1 IS NULL`

    def _untyped(self, sent: Sent, reads: Sequence[_Read]) -> Violation | None:
        """A placeholder whose type nothing settles before `IS NULL` asks for it."""
        driver = sent.query.driver
        names = [self._untyped_name(read, sent) for read in reads]
        if not all(names):
            return None
        name = names[0]
        if driver is ASYNCPG:
            error = f"could not determine data type of parameter {name}"
            cast = f"`{name}::text IS NULL`, with the type of what it is compared with"
        else:
            error = "could not determine data type of parameter"
            cast = f"`{name}::text IS NULL`, with the type of what it is compared with"
        return Violation(
            sent.text_node,
            f"nothing gives `{name}` a type before `{name} IS NULL`: PostgreSQL says '{error}'",
            f"write {cast}, or put the comparison first: `column = {name} OR {name} IS NULL`"
            if driver is ASYNCPG
            else f"write {cast}",
        )

    def _untyped_name(self, read: _Read, sent: Sent) -> str | None:
        driver = sent.query.driver
        if not read.is_single or driver not in (ASYNCPG, PSYCOPG):
            return None
        seen: set[str] = set()
        for position, occurrence in enumerate(sorted(read.occurrences, key=lambda o: o.index)):
            is_asked = driver is PSYCOPG and occurrence.name == "%s" and occurrence.type == IS_NULL
            if is_asked and self._sends_no_type(sent, position):
                return occurrence.name
        for occurrence in read.occurrences:
            if "\0" in occurrence.name:
                return None
            if occurrence.name in seen or (driver is PSYCOPG and "(" not in occurrence.name):
                continue
            seen.add(occurrence.name)
            is_asked = occurrence.type == IS_NULL and not occurrence.hidden_before
            if is_asked and (driver is ASYNCPG or self._sends_no_type(sent, occurrence.name[2:-2])):
                return occurrence.name
        return None

    def _sends_no_type(self, sent: Sent, key: int | str) -> bool:
        """Whether psycopg leaves the type of a value to the server: a str, or None."""
        bounds: list[Bound] = []
        for run in sent.runs:
            if isinstance(key, int):
                bounds.extend(run.positional[key : key + 1])
            elif run.named is not None and key in run.named:
                bounds.append(run.named[key])
        return bool(bounds) and all(
            isinstance(atom, Nothing) or self._type(atom) == ("str", "str")
            for bound in bounds
            for atom in bound.value
        )

    # Types

    def _misfits(self, sent: Sent, reads: Sequence[_Read], run: Parameters) -> Iterator[Violation]:
        driver = sent.query.driver
        for number, (name, bound) in enumerate(_bound(driver, reads[0], run), 1):
            if bound is None:
                continue
            expected, in_limit = self._expected(name, number, reads)
            verdict = self._verdict(driver, expected, in_limit, number, bound, sent)
            if verdict is not None:
                yield self._violation(sent, name, bound, verdict)

    def _expected(self, name: str, number: int, reads: Sequence[_Read]) -> tuple[str | None, bool]:
        """What the server takes a placeholder for, where every text and every place agree."""
        types: set[str | None] = set()
        in_limit = False
        for read in reads:
            if not read.is_single:
                return None, False
            if name in ("?", "%s", "%b", "%t"):
                in_text = sorted(read.occurrences, key=lambda o: o.index)
                places = in_text[number - 1 : number] if read.is_whole or len(reads) == 1 else []
            else:
                places = [o for o in read.occurrences if o.name == name]
            types.update(o.type for o in places if o.type != IS_NULL)
            in_limit = in_limit or any(o.in_limit for o in places)
        return (types.pop() if len(types) == 1 else None), in_limit

    def _verdict(
        self,
        driver: Driver,
        expected: str | None,
        in_limit: bool,
        number: int,
        bound: Bound,
        sent: Sent,
    ) -> _Verdict | None:
        atoms = [atom for atom in bound.value if not isinstance(atom, (Nothing, Unset))]
        verdicts = [
            self._of_atom(driver, expected, in_limit, number, atom, bound, sent) for atom in atoms
        ]
        refused = [verdict for verdict in verdicts if verdict is not None]
        if not refused:
            return None
        if len(refused) == len(verdicts):
            return min(refused, key=lambda verdict: verdict.why)
        # On some ways only: worth a warning where the code itself makes the value that does not fit.
        made = [v for a, v in zip(atoms, verdicts, strict=True) if v is not None and _is_made(a)]
        if not made or not all(_is_made(atom) for atom in atoms):
            return None
        first = min(made, key=lambda verdict: verdict.why)
        return _Verdict(f"on some ways {first.why}", first.remedy, "warning")

    def _of_atom(
        self,
        driver: Driver,
        expected: str | None,
        in_limit: bool,
        number: int,
        atom: Atom,
        bound: Bound,
        sent: Sent,
    ) -> _Verdict | None:
        known = self._type(atom)
        if known is None:
            return None
        given, shown = known
        if driver is ASYNCPG:
            return self._asyncpg(expected, given, shown, atom, bound, sent) if expected else None
        if driver in MYSQL and in_limit and given == "str":
            return _Verdict(
                "it is a str, which the driver sends in quotes: MySQL refuses `LIMIT '10'` (1064)",
                _without_call(bound.node, "str", "an int, as it is"),
            )
        if driver is AIOMYSQL:
            refusal = aiomysql_refusal(given)
        elif driver in SQLITE:
            refusal = sqlite_refusal(given, shown, number)
        elif driver is PSYCOPG:
            refusal = psycopg_refusal(given, shown)
        else:
            return None
        if refusal is None or (driver is not AIOMYSQL and self._project.adapts()):
            return None
        return _Verdict(
            f'it is {_article(shown)}: {driver.name} says "{refusal}"',
            _converted(given, bound.node, driver),
        )

    def _type(self, atom: Atom) -> tuple[str, str] | None:
        return python_type(atom, self._context)

    def _asyncpg(
        self, expected: str, given: str, shown: str, atom: Atom, bound: Bound, sent: Sent
    ) -> _Verdict | None:
        base = expected.removesuffix("[]")
        if expected.endswith("[]"):
            inside = self._element_refusal(base, atom, sent)
            if inside is not None:
                return inside
        refusal = asyncpg_refusal(expected, given, shown)
        if refusal is None and expected == "int" and given in CUT:
            return _Verdict(
                f"it is {_article(shown)}, of which asyncpg keeps the whole part without a word",
                "bind an int: round it as it is meant, `int(...)` or `round(...)`",
                "warning",
            )
        if expected == "timestamp" and isinstance(atom, Instance) and atom.args == (AWARE,):
            refusal = "can't subtract offset-naive and offset-aware datetimes"
        if refusal is None:
            return None
        severity: Severity = "error"
        codecs, makes_connections = self._project.codecs()
        if base in codecs:
            return None
        if base in _JSON and not makes_connections:
            severity = "warning"  # whoever makes the connection may set a codec
        why = f"it is {_article(shown)}, and PostgreSQL takes it for {_sql_name(expected)}"
        if expected == "timestamp" and given == DATETIME:
            why = "it is a datetime with a time zone, and the column is a timestamp without one"
        return _Verdict(
            f'{why}: asyncpg says "{refusal}"',
            _remedy(expected, given, bound),
            severity,
            self._edits(expected, given, bound),
        )

    def _element_refusal(self, base: str, atom: Atom, sent: Sent) -> _Verdict | None:
        held = sent.event.state.items(atom)
        for index, item in enumerate(held.known if held is not None and held.known is not None else ()):
            types = [self._type(a) for a in item]
            refusals = [asyncpg_refusal(base, *known) if known is not None else None for known in types]
            if refusals and all(refusals):
                return _Verdict(
                    f'asyncpg says "invalid array element at index {index}: {refusals[0]}"',
                    f"fill the list with what PostgreSQL takes for {_sql_name(base)}",
                )
        return None

    def _edits(self, expected: str, given: str, bound: Bound) -> tuple[Replacement, ...]:
        """The call that makes a str of the value, taken off: where what is inside fits."""
        node = bound.node
        if given != "str" or not isinstance(node, cst.Call):
            return ()
        inner = _wrapped(node, "str")
        if inner is None and expected != "int":
            inner = _isoformatted(node)
        if inner is None:
            return ()
        inside = join_all(
            event.args[0].value if event.args else event.receiver or UNKNOWN
            for event in self._context.flow.events(self._module).calls.get(node, ())
        )
        fits = bool(inside) and all(self._is_fitting(expected, atom) for atom in inside)
        return (Replacement(node, _code(inner)),) if fits else ()

    def _is_fitting(self, expected: str, atom: Atom) -> bool:
        known = self._type(atom)
        if known is None:
            return False
        if expected == "timestamp" and isinstance(atom, Instance) and atom.args == (AWARE,):
            return False
        return asyncpg_refusal(expected, *known) is None and not (expected == "int" and known[0] in CUT)

    # What is said

    def _violation(self, sent: Sent, name: str, bound: Bound, verdict: _Verdict) -> Violation:
        node = bound.node
        if node is not sent.event.node and not ancestors(self._module.source.tree, node):
            node = sent.event.node  # it stands in another file
        place = (
            f"`{name}`" if _NUMBER.search(name) or name[:1] in ":@" or "(" in name else "a placeholder"
        )
        return Violation(
            node,
            f"`{_shown(node)}` is bound to {place} and does not fit: {verdict.why}",
            verdict.remedy,
            verdict.severity,
            verdict.edits if node is bound.node else (),
        )


def _is_made(atom: Atom) -> bool:
    """Whether the code itself makes the value, and no annotation alone says what it is."""
    return isinstance(atom, (Constant, Text)) or (isinstance(atom, Instance) and not atom.declared)


# Which value goes with which placeholder


def _bound(driver: Driver, read: _Read, run: Parameters) -> Iterator[tuple[str, Bound | None]]:
    keys = read.keys(driver)
    if run.named is not None:
        for key in keys:
            name = key[2:-2] if key.startswith("%(") else key[1:]
            yield key, run.named.get(name)
        return
    if driver is ASYNCPG:
        known = set(keys)
        for index, bound in enumerate(run.positional, 1):
            yield f"${index}", bound if f"${index}" in known else None
        return
    if not read.is_whole:
        return
    yield from zip(keys, run.positional, strict=False)


# How many


def _miscounted(sent: Sent, reads: Sequence[_Read], run: Parameters) -> Violation | None:
    said = [_miscount(sent.query.driver, read, run, is_many=sent.query.is_many) for read in reads]
    first = said[0]
    if first is None or not all(said):
        return None
    why, remedy = first
    return Violation(sent.event.node, f"`{_callee(sent)}`: {why}", remedy)


def _miscount(driver: Driver, read: _Read, run: Parameters, *, is_many: bool) -> tuple[str, str] | None:
    """Why the parameters do not match the placeholders, and what to do; None where they may."""
    if not read.is_single:
        return None
    keys = read.keys(driver)
    if driver is ASYNCPG:
        return _numbered(keys, read, run, is_many=is_many)
    if run.named is not None or any(_name_of(key) for key in keys):
        return _named(driver, keys, read, run)
    return _in_order(driver, keys, read, run)


def _numbered(
    keys: Sequence[str], read: _Read, run: Parameters, *, is_many: bool
) -> tuple[str, str] | None:
    numbers = {int(key[1:]) for key in keys}
    if run.other:
        return None
    given = len(run.positional)
    most = max(numbers, default=0)
    if not run.exact:
        if read.is_whole and given > most:
            return _server_expects(most, given, at_least=True)
        return None
    if most > given:
        if given == 0 and not is_many and not read.is_whole:
            return None
        if given == 1 and run.positional and most > 1 and _is_collection(run.positional[0]):
            return (
                f"{_expects(most)}, 1 was passed: the list itself is that one",
                f"spread it: `*{_shown(run.positional[0].node)}`",
            )
        return _server_expects(most, given)
    if not read.is_whole:
        return None
    if most < given:
        return _server_expects(most, given)
    missing = [n for n in range(1, most + 1) if n not in numbers]
    if missing:
        return (
            f"the text has no `${missing[0]}`: PostgreSQL says "
            f"'could not determine data type of parameter ${missing[0]}'",
            f"number the placeholders from $1 without a gap, up to ${len(numbers)}",
        )
    return None


def _is_collection(bound: Bound) -> bool:
    return bool(bound.value) and all(
        isinstance(atom, BuiltSequence)
        or (isinstance(atom, Instance) and atom.cls in ("list", "tuple"))
        for atom in bound.value
    )


def _expects(count: int) -> str:
    return f"the server expects {count} argument{'' if count == 1 else 's'} for this query"


def _server_expects(most: int, given: int, *, at_least: bool = False) -> tuple[str, str]:
    passed = f"{given} {'was' if given == 1 else 'were'} passed"
    more = "at least " if at_least else ""
    return (
        f"{_expects(most)}, {more}{passed}",
        f"pass one argument for each of ${1} to ${most}" if most else "pass no arguments",
    )


def _name_of(key: str) -> str:
    """The name of a named placeholder; '' for one that goes by its place."""
    if key.startswith("%("):
        return key[2:-2]
    return key[1:] if key[:1] in ":@$" and not key[1:].isdigit() else ""


def _named(driver: Driver, keys: Sequence[str], read: _Read, run: Parameters) -> tuple[str, str] | None:
    names = [_name_of(key) for key in keys]
    if run.named is None:
        if driver in SQLITE or run.absent or run.other:
            return _in_order(driver, keys, read, run) if driver in SQLITE else None
        return (
            f"`{keys[0]}` needs a dict, and a sequence is passed: "
            + (
                "psycopg says 'named placeholders require a mapping of parameters'"
                if driver is PSYCOPG
                else "the driver says 'format requires a mapping'"
            ),
            "pass a dict with a key for each placeholder",
        )
    if not all(names):
        if any(names) or not run.exact or not keys:
            return None
        return (
            f"`{keys[0]}` goes by its place, and a dict is passed",
            "pass a tuple with a value for each placeholder, in their order",
        )
    missing = [name for name in names if name not in run.named]
    if not missing or not run.exact:
        return None
    said = {
        PSYCOPG: f"psycopg says 'query parameter missing: {missing[0]}'",
    }.get(driver) or (
        f"sqlite3 says 'You did not supply a value for binding parameter :{missing[0]}'"
        if driver in SQLITE
        else f"the driver raises KeyError: '{missing[0]}'"
    )
    return (
        f"the dict has no '{missing[0]}' for its placeholder: {said}",
        f"add '{missing[0]}' to the dict, or take the placeholder out",
    )


def _in_order(
    driver: Driver, keys: Sequence[str], read: _Read, run: Parameters
) -> tuple[str, str] | None:
    numbered = [int(key[1:]) for key in keys if key[1:].isdigit()]
    wanted = max(numbered) if numbered and len(numbered) == len(keys) else len(keys)
    if run.other:
        return _not_a_sequence(driver, run.other, wanted)
    given = len(run.positional)
    if not run.exact or wanted == given:
        return None
    if not read.is_whole and wanted < given:
        return None
    if given == 0 and not run.absent and driver in MYSQL and wanted == 0:
        return None
    if driver in SQLITE:
        said = (
            "sqlite3 says 'Incorrect number of bindings supplied. The current statement uses "
            f"{wanted}, and there are {given} supplied.'"
        )
    elif run.absent:
        said = (
            f"the text has {_placeholders(wanted)}, and no parameters are passed: the server reads `%`"
        )
    elif driver is PSYCOPG:
        said = f"psycopg says 'the query has {wanted} placeholders but {given} parameters were passed'"
    elif wanted > given:
        said = "the driver raises TypeError: not enough arguments for format string"
    else:
        said = "the driver raises TypeError: not all arguments converted during string formatting"
    return (
        f"{_placeholders(wanted)}, {given} parameter{'' if given == 1 else 's'}: {said}",
        f"pass a tuple of {wanted}, one for each placeholder" if wanted else "pass no parameters",
    )


def _not_a_sequence(driver: Driver, other: str, wanted: int) -> tuple[str, str] | None:
    remedy = "pass a tuple: `(value,)` with a comma"
    if driver is PSYCOPG:
        return f"the parameters are {_article(other)} and no sequence", remedy
    if driver in SQLITE:
        if other != "str":
            return "sqlite3 says 'parameters are of unsupported type'", remedy
        return (
            "a str is taken for a sequence of its characters, and the text has "
            f"{_placeholders(wanted)}",
            remedy,
        )
    if wanted > 1:
        return (
            f"{_placeholders(wanted)}, and {_article(other)} is passed: "
            "the driver raises TypeError: not enough arguments for format string",
            f"pass a tuple of {wanted}, one for each placeholder",
        )
    return None


def _placeholders(count: int) -> str:
    return f"{count} placeholder{'' if count == 1 else 's'}"


# Words


def _article(shown: str) -> str:
    name = shown.rpartition(".")[2]
    return f"{'an' if name[:1].lower() in 'aeiou' else 'a'} {name}"


def _sql_name(expected: str) -> str:
    names = {"int": "an integer", "text": "text", "bool": "a boolean", "float": "a float"}
    return names.get(expected, expected)


def _remedy(expected: str, given: str, bound: Bound) -> str:
    node = bound.node
    shown = _shown(node)
    if given == "object" and expected in _JSON | {"text"}:
        return f"bind its JSON: `{shown}.model_dump_json()`, or the field that is meant"
    if expected in _JSON:
        codec = f"set_type_codec('{expected}', …)"
        return f"bind JSON text: `json.dumps({shown})`, or set a codec with `{codec}`"
    if expected == "text":
        return (
            f"bind a str: `str({shown})`"
            if given in ("int", "bool", "float")
            else _as_text(given, shown)
        )
    if expected == "int":
        return _without_call(node, "str", "an int; the cast to str is what fails")
    if expected in ("timestamptz", "timestamp", "date"):
        if given == DATETIME:
            return (
                "make the column timestamptz, or take the zone off: "
                "`.astimezone(timezone.utc).replace(tzinfo=None)`"
            )
        inner = _isoformatted(node) or _wrapped(node, "str")
        return (
            f"bind the datetime itself: `{_code(inner)}`"
            if inner is not None
            else "bind a datetime: `datetime.fromisoformat(...)`"
        )
    if expected == "bool":
        return f"bind a bool: `bool({shown})`"
    if expected == "interval":
        return "bind a timedelta"
    if expected.endswith("[]"):
        return f"bind a list: `[{shown}]`"
    return f"bind what PostgreSQL takes for {_sql_name(expected)}"


def _as_text(given: str, shown: str) -> str:
    if given == "enum":
        return f"bind its value: `{shown}.value`"
    if given == "dict" or given in ("list", "tuple"):
        return f"bind a str: `json.dumps({shown})`, or the part that is meant"
    return f"bind a str: `str({shown})`" + (", or its isoformat()" if given == DATETIME else "")


def _converted(given: str, node: cst.BaseExpression, driver: Driver) -> str:
    shown = _shown(node)
    if driver is PSYCOPG:
        return f"wrap it: `Jsonb({shown})`, from psycopg.types.json"
    if given in ("dict", "list", "tuple"):
        return f"bind JSON text: `json.dumps({shown})`"
    if given == "enum":
        return f"bind its value: `{shown}.value`"
    if given == "object":
        return f"bind its JSON: `{shown}.model_dump_json()`, or the field that is meant"
    return f"bind a str: `str({shown})`"


def _without_call(node: cst.BaseExpression, name: str, what: str) -> str:
    inner = _wrapped(node, name)
    return f"bind `{_code(inner)}` as it is, an int" if inner is not None else f"bind {what}"


def _wrapped(node: cst.CSTNode, name: str) -> cst.BaseExpression | None:
    """`x` of `str(x)`."""
    if (
        isinstance(node, cst.Call)
        and isinstance(node.func, cst.Name)
        and node.func.value == name
        and len(node.args) == 1
        and not node.args[0].star
        and node.args[0].keyword is None
    ):
        return node.args[0].value
    return None


def _isoformatted(node: cst.CSTNode) -> cst.BaseExpression | None:
    """`x` of `x.isoformat()`."""
    if (
        isinstance(node, cst.Call)
        and isinstance(node.func, cst.Attribute)
        and node.func.attr.value == "isoformat"
        and not node.args
    ):
        return node.func.value
    return None


def _code(node: cst.CSTNode) -> str:
    return cst.Module([]).code_for_node(node)


def _shown(node: cst.CSTNode) -> str:
    text = " ".join(_code(node).split())
    return text if len(text) <= 60 else f"{text[:57]}…"


def _callee(sent: Sent) -> str:
    return f"{_shown(sent.event.node.func)}(…)"
