"""From what was asked and what the application shows to the text of each file, and what was assumed."""

from __future__ import annotations

import difflib
import keyword
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from reference_stores.new import adapt, tenants
from reference_stores.new.application import Application, Class, Context, Field, Setting
from reference_stores.new.problem import UsageError
from reference_stores.new.requirements import missing, version

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from reference_stores.new.application import Place
    from reference_stores.new.engines import Engine
    from reference_stores.new.tenants import Tenant

AGENTS_MARK: Final = "<!-- chatkit-store-creator -->"
_NO_CONTEXT: Final = Context("Any", None, {}, is_mapping=False, place=None)


@dataclass(frozen=True, slots=True)
class Wish:
    """What the command line asks for."""

    engine: Engine
    target: Path
    class_name: str
    settings: str | None
    pool: bool
    tenant: str | None
    extras: Sequence[str]
    agents_md: bool


@dataclass(slots=True)
class Plan:
    """What to write, and what to say of it."""

    application: Application
    wish: Wish
    makes_store: bool = True
    """Whether a `make_store` is written: not where the application's own is there, for an engine of
    SQLAlchemy, and no setting says the place."""
    files: dict[Path, str] = field(default_factory=dict["Path", str])
    """The text of each file; AGENTS.md with what stands there already."""
    added_to: frozenset[Path] = frozenset()
    """Those that keep all that is there."""
    own: str = ""
    """The part of the store's file that is the application's own."""
    assumed: list[str] = field(default_factory=list[str])
    """What nobody said, and where it was found."""
    notes: list[str] = field(default_factory=list[str])
    """What to know or decide."""
    requirements: list[str] = field(default_factory=list[str])
    """What the application does not say yet that it needs."""
    commands: dict[str, str] = field(default_factory=dict[str, str])
    """What to run next, in the project's top folder."""
    use: str = ""
    """The import of the application's store."""


def make(wish: Wish) -> Plan:
    """The whole plan; nothing is written. Raises UsageError where something must be said first."""
    application = Application(wish.target)
    plan = Plan(application, wish)
    package = _package(application)
    _check_class_name(wish)
    names = adapt.Names(package=package, engine=wish.engine, class_name=wish.class_name)
    context = _context(plan)
    tenant = _tenant(plan, context)
    setting = _setting(plan)
    plan.own = _own(plan, names, tenant, context, setting)
    _add_files(plan, names, tenant, context)
    plan.requirements = missing(wish.engine.name, wish.extras, application.requirements())
    made = "make_store" if plan.makes_store else f"{wish.class_name}, tenant_of"
    plan.use = f"from {names.module(wish.engine.name)} import {made}"
    _add_notes(plan)
    _add_commands(plan)
    return plan


def _package(application: Application) -> str:
    target, root = application.target, application.root
    parts = target.relative_to(root).parts
    for part in parts:
        if not part.isidentifier() or keyword.iskeyword(part):
            raise UsageError(
                f"{application.shown(target)}: Python cannot import from a folder named {part!r}; take "
                "a name of letters, digits and underscores"
            )
    return ".".join(parts)


def _check_class_name(wish: Wish) -> None:
    name = wish.class_name
    if not name.isidentifier() or keyword.iskeyword(name):
        raise UsageError(f"--class {name!r} is no name for a Python class")
    taken = {"make_store", "tenant_of"} | adapt.names_of(wish.engine.name)
    if name != wish.engine.class_name and name in taken:
        raise UsageError(f"--class {name!r} is taken in {wish.engine.name}.py: choose another name")


# --- What the application shows -------------------------------------------------------------------


def _context(plan: Plan) -> Context:
    found = plan.application.contexts()
    if not found:
        return _NO_CONTEXT
    context = found[0]
    plan.assumed.append(f"the request context is {context.annotation} ({context.place})")
    if len(found) > 1:
        others = ", ".join(f"{one.annotation} ({one.place})" for one in found[1:])
        plan.notes.append(f"other request contexts were found: {others}")
    return context


def _tenant(plan: Plan, context: Context) -> Tenant:
    if plan.wish.tenant is not None:
        return tenants.parse(plan.wish.tenant)
    tenant = tenants.from_context(context)
    plan.assumed.append(f"a tenant is {tenant.expression}: --tenant says otherwise")
    return tenant


def _setting(plan: Plan) -> Setting | None:
    engine = plan.wish.engine
    if engine.takes is None:
        if plan.wish.settings is not None or plan.wish.pool:
            raise UsageError(f"--settings, --pool: a store in {engine.title} needs none")
        return None
    if plan.wish.pool and engine.pool is None:
        raise UsageError(f"--pool: a store in {engine.title} takes no pool")
    if plan.wish.pool:
        return None
    if plan.wish.settings is not None:
        return _given_setting(plan.application, plan.wish.settings)
    rated: dict[str, tuple[int, Setting]] = {}
    for setting in plan.application.settings():
        assert setting.of is not None
        rate = engine.means(setting.of.name, setting.of.default)
        if rate:
            rated.setdefault(setting.spec, (rate, setting))
    best = max((rate for rate, _ in rated.values()), default=0)
    choices = [setting for rate, setting in rated.values() if rate == best]
    if not choices:
        plan.makes_store = not (plan.application.makers() and _sqlalchemy_engines(plan))
        if plan.makes_store:
            plan.assumed.append(
                f"no setting for {engine.title} was found: make_store reads {_variable(engine)} "
                "from the environment; --settings module:object.attribute says otherwise"
            )
        return None
    if len({(c.of.name, c.of.place) for c in choices if c.of}) > 1:
        specs = ", ".join(f"--settings {c.spec} ({c.of.place})" for c in choices if c.of)
        raise UsageError(f"several settings may hold the place of the database; choose one: {specs}")
    (chosen, *_) = choices
    assert chosen.of is not None
    plan.assumed.append(
        f"the database's place is {chosen.expression} ({chosen.of.place}): --settings says otherwise"
    )
    return chosen


def _given_setting(application: Application, spec: str) -> Setting:
    dotted, _, expression = spec.partition(":")
    match = re.fullmatch(r"([A-Za-z_]\w*)(?:\(\))?((?:\.[A-Za-z_]\w*)*)", expression)
    if not match or not all(part.isidentifier() for part in dotted.split(".")):
        raise UsageError(
            f"--settings {spec!r} is not of the form module:object.attribute, "
            "as in src.config:settings.database_url"
        )
    module = application.module(dotted)
    if module is None:
        raise UsageError(
            f"--settings {spec!r}: there is no module {dotted} below {application.root}; "
            + _near(dotted, [application.dotted(m.path) for m in application.modules])
        )
    root, rest = match[1], match[2].lstrip(".")
    if root not in module.names:
        raise UsageError(
            f"--settings {spec!r}: {module.place} has no {root}; " + _near(root, list(module.names))
        )
    holder = application.class_named(module, root)
    if holder is not None and not holder.is_plain and "()" not in expression:
        raise UsageError(
            f"--settings {spec!r}: {root} is a class ({module.place}), its instance has the values; "
            + _near(rest, [s.spec for s in application.settings() if s.root != root])
        )
    found = holder or application.instance(module, root)
    of = None
    if found is not None and rest:
        of = _field(found, rest.partition(".")[0], spec)
    return Setting(dotted, root, expression, of if rest.count(".") == 0 else None)


def _field(found: Class, name: str, spec: str) -> Field | None:
    if name in found.fields or set(found.bases) - {"BaseSettings", "BaseModel"}:
        return found.fields.get(name)
    if "model_" in name or not found.fields:
        return None
    raise UsageError(
        f"--settings {spec!r}: {found.name} ({found.module.place}) has no {name}; "
        + _near(name, list(found.fields))
    )


def _near(name: str, known: Sequence[str]) -> str:
    by_folded = {one.lower(): one for one in known}
    close = difflib.get_close_matches(name.lower(), by_folded, n=3, cutoff=0.5)
    shown = [by_folded[one] for one in close] or list(known)[:8]
    return f"there is {', '.join(shown)}" if shown else "there is nothing like it"


# --- The application's own part -------------------------------------------------------------------


def _variable(engine: Engine) -> str:
    return "CHAT_DATABASE" if engine.takes == "path" else "DATABASE_URL"


def _own(
    plan: Plan, names: adapt.Names, tenant: Tenant, context: Context, setting: Setting | None
) -> str:
    parts = [tenant.function(context.annotation)]
    if not plan.makes_store:
        return parts[0]
    store, lines, argument = f"{names.class_name}[{context.annotation}]", list[str](), ""
    if plan.wish.engine.takes is None:
        place = ""
    elif plan.wish.pool:
        argument, place = f"pool: {plan.wish.engine.pool}", "pool, "
    elif setting is None:
        lines.append("    import os\n\n")
        place = f'os.environ["{_variable(plan.wish.engine)}"], '
    else:
        place, lines = _place(plan, setting)
        place += ", "
    parts.append(
        f"def make_store({argument}) -> {store}:\n"
        '    """The application\'s store: make one at its start; `await store.close()` at its end."""\n'
        + "".join(lines)
        + f"    return {names.class_name}({place}tenant=tenant_of)\n"
    )
    return "\n\n".join(parts)


def _place(plan: Plan, setting: Setting) -> tuple[str, list[str]]:
    """An expression for the store's first argument, and the lines before it."""
    engine, of = plan.wish.engine, setting.of
    name = setting.root
    taken = name in adapt.names_of(engine.name)
    imported = f"{name} as app_{name}" if taken else name
    lines = [
        "    # Imported here, so that who only tests the store needs no settings.\n",
        f"    from {setting.module} import {imported}\n\n",
    ]
    value = f"app_{setting.expression}" if taken else setting.expression
    annotation = of.annotation if of else ""
    if re.search(r"\bNone\b|Optional", annotation):
        variable = "path" if engine.takes == "path" else "url"
        lines += [
            f"    {variable} = {value}\n",
            f"    if {variable} is None:\n",
            f'        raise RuntimeError("{setting.expression} is not set")\n',
        ]
        value = variable
    if "Secret" in annotation:
        value = f"{value}.get_secret_value()"
    elif re.search(r"Dsn\b|Url\b", annotation):
        value = f"str({value})"
    return _converted(plan, setting, value), lines


def _converted(plan: Plan, setting: Setting, value: str) -> str:
    """The value as the store takes it, where the setting is written for SQLAlchemy."""
    engine = plan.wish.engine
    default = (setting.of and setting.of.default) or ""
    if engine.takes == "path":
        is_url = "://" in default or (
            not default and re.search(r"url|uri|dsn", setting.expression, re.IGNORECASE)
        )
        if not is_url or default.startswith("file:"):
            return value
        plan.assumed.append(f"{setting.expression} is a URL, as in sqlite:///chat.db")
        return f'{value}.partition("///")[2]'
    driver = re.match(r"\w+(\+\w+)://", default)
    if driver is None or not engine.is_sql:
        return value
    plan.assumed.append(
        f"{setting.expression} names a driver for SQLAlchemy, which the store leaves out"
    )
    return f'{value}.replace("{driver[1]}", "", 1)'


# --- The files ------------------------------------------------------------------------------------


def _add_files(plan: Plan, names: adapt.Names, tenant: Tenant, context: Context) -> None:
    wish, application = plan.wish, plan.application
    copied = f"Made by store-new of chatkit-store-creator {version()} (Apache-2.0)."
    head = f"{copied} At its end: the application's own part."
    context_import = context.module and f"from {context.module} import {context.annotation}"
    target = application.target
    for module in adapt.closure([wish.engine.name, *wish.extras]):
        if module == wish.engine.name:
            text = adapt.engine_file(names, head, plan.own, context_import)
        else:
            text = adapt.shared_file(module, names, copied)
        plan.files[target / f"{module}.py"] = text
    folder, is_in_package = application.root, False
    for part in target.relative_to(application.root).parts:
        folder /= part
        is_package = (folder / "__init__.py").exists()
        if not is_package and (is_in_package or not folder.is_dir()):
            plan.files[folder / "__init__.py"] = ""
            is_package = True
        is_in_package = is_package
    contexts = tenant.contexts()
    options = list[str]()
    if contexts is not None:
        options.append("contexts = staticmethod(two_tenants)")
    if tenant.parameter is None:
        options.append('unsupported = {"tenants": "the application has one"}')
    if "serving" in wish.extras:
        options.append("wrap_stream = staticmethod(survive_disconnect)")
    plan.files[_test(plan)] = adapt.test_file(names, copied, contexts, options)
    if wish.agents_md:
        _add_agents_md(plan)


def _test(plan: Plan) -> Path:
    wish = plan.wish
    name = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", wish.class_name).lower()
    if wish.class_name == wish.engine.class_name:
        name = f"{wish.engine.name}_store"
    return plan.application.top / "tests" / f"test_{name}.py"


def _add_agents_md(plan: Plan) -> None:
    path = (plan.application.top / "AGENTS.md").resolve()  # often a link
    try:
        there = path.read_text("utf-8")
    except FileNotFoundError:
        there = ""
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"--agents-md: {path} cannot be read: {error}") from error
    if AGENTS_MARK not in there:
        plan.files[path] = f"{there.rstrip()}\n\n{_snippet(plan)}".lstrip()
        plan.added_to = frozenset({path})


def _snippet(plan: Plan) -> str:
    text = adapt.source("new/agents.md")
    application, engine = plan.application, plan.wish.engine
    stores = application.shown(application.target)
    return (
        text.replace("STORES", "." if stores == "." else stores)
        .replace("ENGINE", engine.name)
        .replace("CLASS", plan.wish.class_name)
        .replace("TEST", application.shown(_test(plan)))
    )


def _add_notes(plan: Plan) -> None:
    application, engine = plan.application, plan.wish.engine
    for call, place in () if plan.wish.pool else application.calls(*engine.pools):
        plan.notes.append(f"{place} makes {call}(...): with --pool the store uses what is there")
    for _, place in _sqlalchemy_engines(plan):
        plan.notes.append(
            f"{place} makes an SQLAlchemy engine; {_of_sqlalchemy(engine)} is its database"
        )
    for name, place in application.stores():
        if not place.path.startswith(application.shown(application.target)):
            plan.notes.append(
                f"{place} defines the store {name} already: skill/repair.md says how to move its data"
            )
    for name, place in application.makers():
        plan.notes.append(f"{place} has {name}(), which returns a Store: {_of_maker(plan)}")
    if application.unreadable:
        plan.notes.append(f"not read, for they do not parse: {', '.join(application.unreadable)}")
    if not plan.wish.agents_md and plan.application.top.joinpath("AGENTS.md").exists():
        plan.notes.append("--agents-md adds ten lines about the store to AGENTS.md")


def _of_maker(plan: Plan) -> str:
    """What to do with the application's own function that makes its store."""
    own, imported = plan.wish.class_name, plan.use
    if plan.makes_store:
        imported = f"{imported.partition(' import ')[0]} import {own}, make_store as made_store"
        returned = f"made_store({'pool' if plan.wish.pool else ''})"
    else:
        returned = f"{own}({_of_sqlalchemy(plan.wish.engine)}, tenant=tenant_of)"
    return (
        f"`{imported}` there, end it with `return {returned}`, and "
        f"declare `-> {own}[...]`, which has close(); the import makes no circle"
    )


def _sqlalchemy_engines(plan: Plan) -> list[tuple[str, Place]]:
    if not plan.wish.engine.is_sql:
        return []
    return plan.application.calls("sqlalchemy.create_async_engine", "sqlalchemy.create_engine")


def _of_sqlalchemy(engine: Engine) -> str:
    """How to get the store's first argument from SQLAlchemy's engine."""
    if engine.takes == "path":
        return 'engine.url.database or ":memory:"'
    return f'engine.url.set(drivername="{engine.schemes[0]}").render_as_string(hide_password=False)'


def _add_commands(plan: Plan) -> None:
    application, engine = plan.application, plan.wish.engine
    test = application.shown(_test(plan))
    outside = application.root != application.top
    path = f"PYTHONPATH={application.shown(application.root)} " if outside else ""
    server = f"{engine.server}=URL " if engine.server else ""
    if plan.requirements:
        plan.commands["install"] = "pip install " + " ".join(f"'{one}'" for one in plan.requirements)
    plan.commands["lint"] = "store-lint ."
    plan.commands["prove"] = f"{server}{path}python -m pytest -q -rs {test}"
