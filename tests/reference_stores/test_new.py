"""`store-new`, run on applications; what it writes is linted, imported, proved."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
from importlib.metadata import requires
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from reference_stores.new import adapt, tenants, write
from reference_stores.new.cli import main
from reference_stores.new.engines import BY_NAME, ENGINES
from reference_stores.new.problem import InTheWayError, UsageError
from tests.reference_stores.applications import LAYOUTS, SETTINGS, application
from tests.store_lint.linting import lint_tree, shown, write_tree

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.servers import Server

ROOT = Path(__file__).parents[2]
DEFAULT_CONTEXTS = "def two_tenants():\n    return [Context(user_id=n) for n in ('alice', 'bob')]"
USE = """
import asyncio, sys
from {module} import make_store

async def use():
    async with make_store() as store:
        context = {context}
        thread = await store.create_thread("A title", context=context)
        await store.save_message(thread, "Hello", "user", context=context)
        print([m["content"] for m in await store.get_thread_messages(thread, context=context)])

asyncio.run(use())
"""

Run = Any
"""`run(*arguments)` gives the exit code and what was printed, as JSON where it is JSON."""


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, Any]]:
    def call(*arguments: str) -> tuple[int, Any]:
        try:
            code = main(arguments)
        except SystemExit as stop:
            code = int(stop.code or 0)
        out, err = capsys.readouterr()
        return code, json.loads(out) if "json" in arguments and code == 0 else out + err

    return call


@pytest.fixture
def app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A package application with pydantic-settings; the current folder."""
    write_tree(tmp_path, application("package", "pydantic-settings"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def python(code: str, where: Path, **variables: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=where,
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def contents(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


# --- What is written ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("layout", "settings"),
    [
        ("flat", "pydantic-settings"),
        ("flat", "a module"),
        ("src", "a dataclass"),
        ("src", "a class"),
        ("package", "a cached function"),
        ("package", "a dataclass"),
        ("src package", "pydantic-settings"),
    ],
)
def test_a_store_fits_layout_and_settings_without_a_hint(
    layout: str, settings: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run: Run
) -> None:
    write_tree(tmp_path, application(layout, settings))
    monkeypatch.chdir(tmp_path)
    _, _, stores, config = LAYOUTS[layout]
    code, report = run("sqlite", stores, "--class", "AppStore", "--format", "json")
    assert code == 0, report
    expression = SETTINGS[settings][1]
    assert f"from {config} import {expression.partition('.')[0].removesuffix('()')}\n" in report["own"]
    assert expression in report["own"]
    assert 'return context["user_id"]' in report["own"]
    assert report["requirements"] == ["aiosqlite>=0.22"]
    found = lint_tree(tmp_path).findings
    assert not found, [shown(one, tmp_path) for one in found]
    module = report["use"].split()[1]
    root = "src" if report["next"]["prove"].startswith("PYTHONPATH=src ") else "."
    code = USE.format(module=module, context='{"user_id": "alice"}')
    printed = python(code, tmp_path, CHAT_DB_PATH=str(tmp_path / "chat.db"), PYTHONPATH=root)
    assert printed == "['Hello']\n"
    assert (tmp_path / "chat.db").exists()


@pytest.mark.parametrize("engine", ENGINES, ids=lambda engine: engine.name)
def test_each_engine_is_formatted_typed_and_clean(engine: Any, app: Path, run: Run) -> None:
    _needs_engine(engine.name)
    setting = ["--settings", "app.config:settings.chat_db_path"] if engine.takes else []
    with_extras = ["--with", "serving", "--with", "encryption"]
    code, report = run(
        engine.name, "app/stores", "--class", "AppStore", *setting, *with_extras, "--format", "json"
    )
    assert code == 0, report
    found = lint_tree(app).findings
    assert not found, [shown(one, app) for one in found]
    written = [file["path"] for file in report["files"]]
    ruff = [sys.executable, "-m", "ruff"]
    rules = ["check", "-q", "--isolated", "--select", "E,F,W,I", "--line-length", "104", *written]
    for command in (
        [*ruff, *rules],
        [*ruff, "format", "--isolated", "--line-length", "104", "--check", *written],
    ):
        done = subprocess.run(command, cwd=app, capture_output=True, text=True, check=False, timeout=60)
        assert done.returncode == 0, done.stdout + done.stderr
    text = (app / "app/stores" / f"{engine.name}.py").read_text("utf-8")
    assert engine.class_name not in text
    assert "reference_stores." not in text


@pytest.mark.parametrize("engine", ENGINES, ids=lambda engine: engine.name)
def test_each_engine_holds_the_contract(
    engine: Any, app: Path, run: Run, request: pytest.FixtureRequest
) -> None:
    _needs_engine(engine.name)
    setting = ["--settings", "app.config:settings.chat_db_path"] if engine.takes else []
    code, report = run(
        engine.name,
        "app/stores",
        "--class",
        "AppStore",
        *setting,
        "--with",
        "serving",
        "--format",
        "json",
    )
    assert code == 0, report
    variables: dict[str, str] = {}
    if engine.server:
        server: Server = request.getfixturevalue(f"{engine.name}_server")
        variables[engine.server] = server.url
    _, _, arguments = report["next"]["prove"].partition("python ")
    done = subprocess.run(
        [sys.executable, *arguments.split(), "-p", "no:cacheprovider", "-p", "no:randomly"],
        cwd=app,
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        check=False,
        timeout=900,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr
    assert " passed" in done.stdout
    skipped = {"memory": 5}  # no second store on the same data, no connections
    assert done.stdout.count("skipped") <= skipped.get(engine.name, 0), done.stdout[-3000:]


def _needs_engine(name: str) -> None:
    if not (ROOT / "reference_stores" / f"{name}.py").exists():
        pytest.fail(f"there is no {name}.py")


def test_what_is_asked_for_comes_before_what_is_found(app: Path, run: Run) -> None:
    (app / "app/other.py").write_text(
        "class Place:\n    def __init__(self):\n        self.file = 'x.db'\n\nplace = Place()\n"
    )
    code, report = run(
        "sqlite",
        "app/stores",
        "--settings",
        "app.other:place.file",
        "--tenant",
        "'everybody'",
        "--format",
        "json",
    )
    assert code == 0, report
    assert "SQLiteStore(place.file, tenant=tenant_of)" in report["own"]
    assert 'return "everybody"' in report["own"]
    assert (app / "tests/test_sqlite_store.py").exists()
    assert 'unsupported = {"tenants"' in next((app / "tests").glob("test_*.py")).read_text()


@pytest.mark.parametrize(
    ("field", "argument", "before"),
    [
        ("database_url: str", "settings.database_url", ""),
        ("database_url: PostgresDsn", "str(settings.database_url)", ""),
        ("database_url: SecretStr", "settings.database_url.get_secret_value()", ""),
        ("database_url: str | None = None", "url", "if url is None:"),
        ("database_url: Optional[SecretStr] = None", "url.get_secret_value()", "if url is None:"),
        (
            'database_url: str = "postgresql+asyncpg://db/x"',
            'settings.database_url.replace("+asyncpg", "", 1)',
            "",
        ),
        ('database_url: str = "postgresql://db/x"', "settings.database_url", ""),
    ],
)
def test_a_url_is_handed_over_as_the_store_takes_it(
    field: str, argument: str, before: str, app: Path, run: Run
) -> None:
    _needs_engine("postgres")
    (app / "app/config.py").write_text(
        "from pydantic_settings import BaseSettings\n\n"
        f"class S(BaseSettings):\n    {field}\n\nsettings = S()\n"
    )
    code, report = run("postgres", "app/stores", "--format", "json")
    assert code == 0, report
    assert f"return PostgresStore({argument}, tenant=tenant_of)" in report["own"]
    assert before in report["own"]


def test_a_pool_of_the_application_is_handed_over(app: Path, run: Run) -> None:
    code, report = run("postgres", "app/stores", "--pool", "--format", "json")
    assert code == 0, report
    assert "def make_store(pool: asyncpg.Pool) -> PostgresStore[dict[str, Any]]:" in report["own"]
    assert "return PostgresStore(pool, tenant=tenant_of)" in report["own"]
    assert not lint_tree(app).findings
    code, said = run("sqlite", "app/stores", "--pool")
    assert code == 2
    assert "a store in SQLite takes no pool" in said


def test_a_url_of_sqlite_becomes_a_path(app: Path, run: Run) -> None:
    (app / "app/config.py").write_text('DATABASE_URL = "sqlite+aiosqlite:///./chat.db"\n')
    code, report = run("sqlite", "app/stores", "--format", "json")
    assert code == 0, report
    assert 'SQLiteStore(DATABASE_URL.partition("///")[2], tenant=tenant_of)' in report["own"]


def test_without_settings_the_environment_is_read_and_that_is_said(app: Path, run: Run) -> None:
    (app / "app/config.py").write_text("DEBUG = True\n")
    code, report = run("sqlite", "app/stores", "--format", "json")
    assert code == 0, report
    assert 'os.environ["CHAT_DATABASE"]' in report["own"]
    assert any("CHAT_DATABASE" in line for line in report["assumed"])


def test_a_name_that_the_engine_has_taken_is_imported_under_another(app: Path, run: Run) -> None:
    (app / "app/config.py").write_text(
        "class Field:\n    path = 'x.db'\n\nfield = Field()\ndeque = field\n"
    )
    code, report = run(
        "sqlite", "app/stores", "--settings", "app.config:deque.path", "--format", "json"
    )
    assert code == 0, report
    assert "from app.config import deque as app_deque" in report["own"]
    assert "SQLiteStore(app_deque.path," in report["own"]


def test_a_context_of_the_application_is_imported_for_the_type_checker_alone(
    app: Path, run: Run
) -> None:
    (app / "app/server.py").write_text(
        "from dataclasses import dataclass\nfrom chatkit.server import ChatKitServer\n\n\n"
        "@dataclass\nclass Visitor:\n    user_id: int\n    locale: str\n\n\n"
        "class Server(ChatKitServer['Visitor']):\n    pass\n"
    )
    code, report = run("memory", "app/stores", "--format", "json")
    assert code == 0, report
    assert "def tenant_of(context: Visitor) -> str:" in report["own"]
    assert "return str(context.user_id)" in report["own"]
    text = (app / "app/stores/memory.py").read_text()
    typing_block = text.partition("if TYPE_CHECKING:\n")[2].partition("\n\n\n")[0]
    assert "    from app.server import Visitor\n" in typing_block


def test_new_folders_become_packages_where_the_others_are(app: Path, run: Run) -> None:
    (app / "app/data/stores").mkdir(parents=True)
    code, report = run("sqlite", "app/data/stores", "--format", "json")
    assert code == 0, report
    made = {file["path"] for file in report["files"]}
    assert {"app/data/__init__.py", "app/data/stores/__init__.py"} <= made
    assert report["use"] == "from app.data.stores.sqlite import make_store"


def test_a_reader_who_has_gone_is_no_error(app: Path) -> None:
    command = (
        f"{sys.executable} -m reference_stores.new sqlite app/stores | true; echo ${{PIPESTATUS[0]}}"
    )
    done = subprocess.run(
        ["bash", "-c", command], cwd=app, capture_output=True, text=True, check=False, timeout=60
    )
    assert (done.stdout, done.stderr) == ("0\n", "")
    assert (app / "app/stores/sqlite.py").exists()


def test_a_project_of_several_in_one_repository_is_on_its_own(app: Path, run: Run) -> None:
    (app / ".git").mkdir()
    write_tree(app / "services/chat", application("src package", "a module"))
    code, report = run("sqlite", "services/chat/src/stores", "--format", "json")
    assert code == 0, report
    assert report["project"] == str(app / "services/chat")
    assert "from src.config import CHAT_DB_PATH" in report["own"]
    assert (app / "services/chat/tests/test_sqlite_store.py").exists()


def test_an_existing_store_and_pool_are_pointed_out(app: Path, run: Run) -> None:
    _needs_engine("postgres")
    (app / "app/db.py").write_text(
        "import asyncpg\nfrom chatkit.store import Store\n\nclass Old(Store[dict]):\n    pass\n\n"
        "async def connect():\n    return await asyncpg.create_pool('postgresql://x')\n"
    )
    code, report = run("postgres", "app/stores", "--format", "json")
    assert code == 0, report
    notes = "\n".join(report["notes"])
    assert "app/db.py:8 makes asyncpg.create_pool(...)" in notes
    assert "app/db.py:4 defines the store Old already" in notes


@pytest.mark.parametrize("known", ["a setting", "nothing", "an engine of SQLAlchemy"])
def test_the_application_s_own_function_is_told_what_to_return(
    known: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run: Run
) -> None:
    """And what the note says, done to the letter, works: imports are no circle."""
    path = str(tmp_path / "chat.db")
    own = (
        "from chatkit.store import Store\n\n\nclass Visitor:\n    user_id = 'alice'\n\n\n"
        "def own_store() -> Store[Visitor]:\n    raise NotImplementedError\n"
    )
    if known == "an engine of SQLAlchemy":
        engine = f"engine = create_engine('sqlite:///{path}')\n"
        own = f"from sqlalchemy import create_engine\n{own}\n\n{engine}"
    write_tree(tmp_path, {"app/__init__.py": "", "app/chat.py": own})
    if known == "a setting":
        (tmp_path / "app/config.py").write_text(f"CHAT_DB_PATH = {path!r}\n")
    monkeypatch.chdir(tmp_path)
    code, report = run("sqlite", "app/stores", "--class", "AppStore", "--format", "json")
    assert code == 0, report
    (note,) = (one for one in report["notes"] if "has own_store()" in one)
    assert ("def make_store" in report["own"]) == (known != "an engine of SQLAlchemy")
    assert report["use"].split(" import ")[1] in report["own"] or known == "an engine of SQLAlchemy"
    imported, returned, declared = note.split("`")[1:6:2]
    done = own.replace("\n\n\nclass", f"\n{imported}\n\n\nclass", 1)
    done = done.replace("raise NotImplementedError", returned)
    done = done.replace("-> Store[Visitor]", declared.replace("...", "Visitor"))
    (tmp_path / "app/chat.py").write_text(done)
    code = USE.format(module="app.chat", context="Visitor()").replace("make_store", "own_store")
    code = code.replace("import own_store", "import Visitor, own_store")
    assert python(code, tmp_path, CHAT_DATABASE=path) == "['Hello']\n"
    assert Path(path).exists()
    assert not lint_tree(tmp_path).findings


@pytest.mark.parametrize("engine", ["mongodb", "memory"])
def test_an_engine_of_sqlalchemy_is_nothing_to_other_databases(
    engine: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run: Run
) -> None:
    _needs_engine(engine)
    shop = (
        "from chatkit.store import Store\nfrom sqlalchemy import create_engine\n\n"
        "engine = create_engine('sqlite:///shop.db')\n\n\n"
        "def own_store() -> Store[dict]:\n    raise NotImplementedError\n"
    )
    write_tree(tmp_path, {"app/__init__.py": "", "app/shop.py": shop})
    monkeypatch.chdir(tmp_path)
    code, report = run(engine, "app/stores", "--tenant", '"shop"', "--format", "json")
    assert code == 0, report
    assert "def make_store" in report["own"]
    (note,) = report["notes"]
    assert "return made_store()" in note


@pytest.mark.parametrize(("engine", "name"), [("sqlite", "sqlite"), ("postgres", "postgresql")])
def test_the_engine_of_sqlalchemy_is_pointed_out(engine: str, name: str, app: Path, run: Run) -> None:
    (app / "app/db.py").write_text(
        "from sqlalchemy.ext.asyncio import create_async_engine\n\n"
        "engine = create_async_engine('sqlite+aiosqlite:///shop.db')\n"
    )
    code, report = run(engine, "app/stores", "--format", "json")
    assert code == 0, report
    (note,) = report["notes"]
    expression = note.partition("; ")[2].removesuffix(" is its database")
    shown = "" if engine == "sqlite" else '.set(drivername="postgresql")'
    assert expression.startswith("engine.url" + shown)
    sqlalchemy = pytest.importorskip("sqlalchemy")
    url = sqlalchemy.engine.make_url(f"{name}+driver://u:p%40@h:1/shop")
    class_with_url = type("Engine", (), {"url": url})
    got = eval(expression, {"engine": class_with_url})
    assert got == ("shop" if engine == "sqlite" else "postgresql://u:p%40@h:1/shop")


@pytest.mark.usefixtures("app")
def test_a_second_engine_beside_the_first_keeps_what_they_share(run: Run) -> None:
    assert run("sqlite", "app/stores", "--class", "AppStore")[0] == 0
    code, report = run("memory", "app/stores", "--class", "DemoStore", "--format", "json")
    assert code == 0, report
    actions = {file["path"]: file["action"] for file in report["files"]}
    assert actions["app/stores/shared.py"] == "keep"
    assert actions["app/stores/memory.py"] == "create"


def test_agents_md_is_added_to_once_and_through_links(app: Path, run: Run) -> None:
    (app / "CLAUDE.md").write_text("# House rules\n")
    (app / "AGENTS.md").symlink_to("CLAUDE.md")
    assert run("memory", "app/stores", "--agents-md")[0] == 0
    once = (app / "CLAUDE.md").read_text()
    assert once.startswith("# House rules\n\n<!-- chatkit-store-creator -->\n")
    assert once.count("\n") <= 12
    assert "`app/stores/memory.py` holds `MemoryStore`" in once
    assert (app / "AGENTS.md").is_symlink()
    assert run("memory", "app/stores", "--agents-md", "--force")[0] == 0
    assert (app / "CLAUDE.md").read_text() == once


# --- What is not written --------------------------------------------------------------------------


def test_dry_run_writes_nothing_and_says_the_same(app: Path, run: Run) -> None:
    before = contents(app)
    arguments = ("sqlite", "app/stores", "--format", "json")
    code, would = run(*arguments, "--dry-run")
    assert (code, would["written"]) == (0, False)
    assert contents(app) == before
    _, done = run(*arguments)
    assert done == {**would, "written": True}


def test_a_changed_file_is_replaced_with_force_only(app: Path, run: Run) -> None:
    assert run("sqlite", "app/stores")[0] == 0
    store = app / "app/stores/sqlite.py"
    made = store.read_text()
    store.write_text(made + "# mine\n")
    before = contents(app)
    code, said = run("sqlite", "app/stores")
    assert code == 1
    assert "sqlite.py" in said
    assert "--force" in said
    assert contents(app) == before
    assert run("sqlite", "app/stores", "--force")[0] == 0
    assert store.read_text() == made
    assert set(contents(app)) == set(before), "something was left behind"


@pytest.mark.parametrize("number", range(8))
def test_what_fails_in_the_midst_leaves_everything_as_it_was(
    number: int, app: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run("sqlite", "app/stores")[0] == 0
    for path in (app / "app/stores").glob("*.py"):
        path.write_text("# mine\n")
    before, replace, calls = contents(app), os.replace, iter(range(100))

    def failing(old: str, new: str) -> None:
        if next(calls) == number:
            raise OSError(28, "No space left on device", str(new))
        replace(old, new)

    monkeypatch.setattr(write.os, "replace", failing)
    code, said = run("sqlite", "app/stores", "--force", "--with", "serving")
    monkeypatch.undo()
    os.chdir(app)
    if next(calls) <= number:
        assert code == 0  # it needs fewer
        return
    assert code == 1
    assert "No space left on device; nothing was written" in said
    assert contents(app) == before
    assert not list(app.rglob(".store-new*"))


def test_new_folders_of_a_failed_run_are_gone(app: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = sorted(app.rglob("*"))
    monkeypatch.setattr(write.os, "fsync", _full)
    with pytest.raises(InTheWayError, match="nothing was written"):
        write.write({app / "a/b/c.py": "x = 1\n", app / "tests/test_c.py": "y = 1\n"})
    assert sorted(app.rglob("*")) == before


def _full(_file: int) -> None:
    raise OSError(28, "No space left on device")


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("oracle", "app/stores"), 2, "invalid choice: 'oracle'"),
        (("sqlite", "app/my-stores"), 2, "cannot import from a folder named 'my-stores'"),
        (("sqlite", "LICENSE/stores"), 1, "LICENSE is a file, and should be a folder"),
        (("sqlite", "app/s", "--class", "1Store"), 2, "is no name for a Python class"),
        (("sqlite", "app/s", "--class", "BaseStore"), 2, "is taken in sqlite.py"),
        (("sqlite", "app/s", "--settings", "settings"), 2, "not of the form module:object.attribute"),
        (("sqlite", "app/s", "--settings", "app.conf:settings.x"), 2, "no module app.conf"),
        (("sqlite", "app/s", "--settings", "app.config:setting.x"), 2, "there is settings"),
        (
            ("sqlite", "app/s", "--settings", "app.config:settings.CHAT_DB_PATH"),
            2,
            "there is chat_db_path",
        ),
        (
            ("sqlite", "app/s", "--settings", "app.config:Config.chat_db_path"),
            2,
            "its instance has the values",
        ),
        (("memory", "app/s", "--settings", "app.config:settings.chat_db_path"), 2, "needs none"),
        (("sqlite", "app/s", "--tenant", "ctx["), 2, "no Python expression"),
        (("sqlite", "app/s", "--tenant", "a.b + c.d"), 2, "it may use one name"),
        (("sqlite", "app/s", "--tenant", "await ctx.user()"), 2, "must be a plain expression"),
        (("sqlite", "app/s", "--tenant", "''"), 2, "must give a str that is not empty"),
        (("sqlite", "app/s", "--tenant", "7"), 2, "must give a str that is not empty"),
    ],
)
def test_what_cannot_be_is_refused_in_a_line_and_nothing_is_written(
    arguments: tuple[str, ...], code: int, said: str, app: Path, run: Run
) -> None:
    (app / "LICENSE").write_text("")
    before = contents(app)
    assert run(*arguments)[0] == code
    assert said in run(*arguments)[1]
    assert contents(app) == before


def test_two_settings_that_may_be_meant_are_not_guessed(app: Path, run: Run) -> None:
    (app / "app/config.py").write_text('CHAT_DB_PATH = "a.db"\nUSER_DB_PATH = "b.db"\n')
    code, said = run("sqlite", "app/stores")
    assert code == 2
    assert "--settings app.config:CHAT_DB_PATH (app/config.py:1)" in said
    assert "--settings app.config:USER_DB_PATH (app/config.py:2)" in said


@pytest.mark.parametrize(
    "context",
    ['{"user_id": user, "org_id": 1}', "{'locale': 'en'}", "{}"],
)
def test_a_tenant_is_not_guessed(context: str, app: Path, run: Run) -> None:
    server = app / "app/server.py"
    server.write_text(server.read_text().replace('{"user_id": user, "locale": "en"}', context))
    code, said = run("sqlite", "app/stores")
    assert code == 2
    assert "--tenant is missing" in said


def test_files_that_do_not_parse_are_named_and_no_hindrance(app: Path, run: Run) -> None:
    (app / "app/broken.py").write_text("def (:\n")
    (app / "app/odd.py").write_bytes(b"\xff\xfe\x00")
    code, report = run("memory", "app/stores", "--format", "json")
    assert code == 0, report
    assert any("app/broken.py" in note and "app/odd.py" in note for note in report["notes"])


def test_it_imports_neither_chatkit_nor_driver_nor_application(app: Path) -> None:
    (app / "app/config.py").write_text("raise SystemExit('imported')\nchat_db_path = 'x.db'\n")
    code = (
        "import sys\nfrom reference_stores.new.cli import main\n"
        "main(['sqlite', 'app/stores', '--format', 'json'])\n"
        "print(sorted({'chatkit', 'pydantic', 'aiosqlite', 'app'} & set(sys.modules)))"
    )
    assert python(code, app).splitlines()[-1] == "[]"


# --- Parts ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "expression",
    [
        'ctx["user_id"]',
        "ctx.user_id",
        "ctx.user.id",
        'ctx["user"]["id"]',
        'str(ctx["user"].id)',
        'f"{ctx.org.slug}/{ctx.user.id}"',
        'ctx.request.headers["X-User"].lower()',
        'ctx.get("user_id")',
        'ctx["claims"].get("sub", "")',
        'getattr(ctx, "user_id")',
        'ctx.user.id or ctx["guest"]',
        "ctx",
    ],
)
def test_contexts_for_the_proof_have_what_the_expression_reads(expression: str) -> None:
    tenant = tenants.parse(expression)
    source = tenant.contexts()
    names: dict[str, Any] = {}
    exec(
        "from types import SimpleNamespace\n"
        "from typing import Any\n"
        "from store_contract import Context\n"
        + (source or DEFAULT_CONTEXTS)
        + f"\n{tenant.function('Any')}",
        names,
    )
    alice, bob = names["two_tenants"]()
    of_alice, of_bob = names["tenant_of"](alice), names["tenant_of"](bob)
    assert isinstance(of_alice, str)
    assert of_alice
    assert isinstance(of_bob, str)
    assert of_alice != of_bob


def test_a_tenant_of_two_names_is_refused() -> None:
    with pytest.raises(UsageError):
        tenants.parse("ctx.user if flag else ctx.org")


@pytest.mark.parametrize("engine", ENGINES, ids=lambda engine: engine.name)
def test_the_engines_are_those_of_the_package(engine: Any) -> None:
    _needs_engine(engine.name)
    source = adapt.source(f"{engine.name}.py")
    assert f"class {engine.class_name}(BaseStore[TContext]):" in source
    assert adapt.source(f"new/templates/{engine.name}.py")
    extras = [
        line
        for line in requires("chatkit-store-creator") or ()
        if f"'{engine.name}'" in line.replace('"', "'")
    ]
    assert extras or engine.name == "memory"
    tree = ast.parse(source)
    (store,) = [n for n in tree.body if isinstance(n, ast.ClassDef) and n.name == engine.class_name]
    (init,) = [n for n in store.body if isinstance(n, ast.FunctionDef) and n.name == "__init__"]
    assert (len(init.args.args) == 2) == (engine.takes is not None), (
        "the first argument is the database's place"
    )
    assert "tenant" in [a.arg for a in init.args.kwonlyargs]


def test_every_engine_has_a_name_of_its_own() -> None:
    assert len(BY_NAME) == len(ENGINES) == 5
    urls = {"postgresql://x/y": "postgres", "mysql://x/y": "mysql", "sqlite:///x.db": "sqlite"}
    urls |= {"mongodb+srv://x/y": "mongodb", "postgresql+asyncpg://x/y": "postgres"}
    for url, name in urls.items():
        means = {engine.name for engine in ENGINES if engine.means("database_url", url)}
        assert means == {name}, url
