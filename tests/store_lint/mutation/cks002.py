"""CKS002: settings read where they are not, in many shapes, and the same read where they are."""

from __future__ import annotations

from typing import Final

from tests.store_lint.mutation.model import Mutations, Tree

CKS002 = Mutations("CKS002", raises=AttributeError)

_READ: Final = {
    "memory": "settings.page_size",
    "postgres": "settings.page_limit",
    "sqlite": "config.title",
}
"""The one place at which the main module reads this setting."""
_CLASS: Final = {"memory": "Settings", "postgres": "Settings", "sqlite": "AppConfig"}
_IMPORT: Final = {
    "memory": "from config import settings",
    "postgres": "from src.config import settings",
    "sqlite": "from .config import load_config",
}
_PYDANTIC: Final = ("memory", "postgres")


def _field(tree: Tree) -> str:
    return _READ[tree.name].rpartition(".")[2]


def _read(tree: Tree, expression: str) -> None:
    """Read the setting by another expression, in which CLASS and FIELD are filled in."""
    text = expression.replace("CLASS", _CLASS[tree.name]).replace("FIELD", _field(tree))
    tree.swap(
        _READ[tree.name], text.replace("OBJECT", _READ[tree.name].partition(".")[0]), file=tree.main
    )


def _import(tree: Tree, names: str) -> None:
    """Import more from the settings module."""
    line = _IMPORT[tree.name]
    tree.swap(line, f"{line}, {names.replace('CLASS', _CLASS[tree.name])}", file=tree.main)


def _import_module(tree: Tree, name: str) -> None:
    line = _IMPORT[tree.name]
    module = line.split()[1]
    package, _, last = module.rpartition(".")
    new = (
        f"from {package or '.'} import {last} as {name}"
        if "." in module
        else f"import {module} as {name}"
    )
    tree.swap(line, f"{line}\n{new}", file=tree.main)


def _main_gets(tree: Tree, code: str) -> None:
    """Code at the top of the main module, behind its imports."""
    start = "config = load_config()\n" if tree.name == "sqlite" else "\n\n\n"
    at = tree.files[tree.main].index(start) + len(start)
    text = code.replace("CLASS", _CLASS[tree.name]).replace("FIELD", _field(tree))
    whole = tree.files[tree.main]
    tree.files[tree.main] = f"{whole[:at]}{text}\n\n\n{whole[at:]}"


# From the class


@CKS002.wrong()
def class_beside_the_instance(tree: Tree) -> None:
    _import(tree, "CLASS")
    _read(tree, "CLASS.FIELD")


@CKS002.wrong()
def class_under_another_name(tree: Tree) -> None:
    _import(tree, "CLASS as current")
    _read(tree, "current.FIELD")


@CKS002.wrong("postgres")
def class_called_settings(tree: Tree) -> None:
    tree.swap("import settings", "import Settings as settings", file=tree.main)


@CKS002.wrong("memory", findings=3)
def class_called_settings_everywhere(tree: Tree) -> None:
    tree.swap("import settings", "import Settings as settings", file=tree.main)


@CKS002.wrong()
def class_of_a_module(tree: Tree) -> None:
    _import_module(tree, "conf")
    _read(tree, "conf.CLASS.FIELD")


@CKS002.wrong()
def class_in_a_variable(tree: Tree) -> None:
    _import(tree, "CLASS")
    _main_gets(tree, "\n\ncurrent = CLASS")
    _read(tree, "current.FIELD")


@CKS002.wrong()
def class_that_a_function_gives(tree: Tree) -> None:
    _import(tree, "CLASS")
    _main_gets(tree, "\n\ndef current() -> type[CLASS]:\n    return CLASS")
    _read(tree, "current().FIELD")


@CKS002.wrong()
def class_of_an_instance(tree: Tree) -> None:
    _read(tree, "type(OBJECT).FIELD")


@CKS002.wrong()
def class_kept_on_an_object(tree: Tree) -> None:
    _import(tree, "CLASS")
    _main_gets(
        tree,
        "\n\nclass Application:\n    def __init__(self) -> None:\n        self.held = CLASS\n\n"
        "    def setting(self):\n        return self.held.FIELD",
    )
    _read(tree, "Application().setting()")


@CKS002.wrong()
def class_in_a_default(tree: Tree) -> None:
    _import(tree, "CLASS")
    _main_gets(tree, "\n\ndef setting(value=CLASS.FIELD):\n    return value")
    _read(tree, "setting()")


@CKS002.wrong()
def class_in_a_comprehension(tree: Tree) -> None:
    _import(tree, "CLASS")
    _read(tree, "[CLASS.FIELD for _ in (1,)][0]")


@CKS002.wrong()
def class_itself_through_cls(tree: Tree) -> None:
    method = f"\n    @classmethod\n    def current(cls):\n        return cls.{_field(tree)}\n"
    last = {
        "memory": '    welcome: str = "Welcome!"\n',
        "postgres": '    greeting: str = "Hello! How can I help?"\n',
        "sqlite": 'os.environ.get("CHAT_TITLE", "Parcel"))\n',
    }[tree.name]
    tree.swap(last, last + method, file=tree.config)
    _import(tree, "CLASS")
    _read(tree, "CLASS.current()")


@CKS002.wrong(_PYDANTIC, runs=False)
def property_of_the_class(tree: Tree) -> None:
    size = f"\n    @property\n    def size(self) -> int:\n        return self.{_field(tree)}\n"
    made = "\n\nsettings = Settings()"
    tree.swap(made, f"{size}{made}", file=tree.config)
    _import(tree, "CLASS")
    _read(tree, "CLASS.size")


@CKS002.wrong(_PYDANTIC)
def inner_class_config(tree: Tree) -> None:
    if tree.name == "postgres":
        tree.swap(
            '    model_config = SettingsConfigDict(env_prefix="CHAT_", extra="ignore")\n',
            '    class Config:\n        env_prefix = "CHAT_"\n',
            file=tree.config,
        )
    else:
        tree.swap(
            "class Settings(BaseModel):\n",
            "class Settings(BaseModel):\n    class Config:\n        frozen = True\n\n",
            file=tree.config,
        )
    _import(tree, "CLASS")
    _read(tree, "CLASS.Config.FIELD")


# By a name that is not there


@CKS002.wrong()
def name_of_the_environment(tree: Tree) -> None:
    tree.swap(_READ[tree.name], _read_as(tree, _field(tree).upper()), file=tree.main)


@CKS002.wrong()
def another_name(tree: Tree) -> None:
    tree.swap(_READ[tree.name], _read_as(tree, "chat_limit"), file=tree.main)


def _read_as(tree: Tree, name: str) -> str:
    return f"{_READ[tree.name].partition('.')[0]}.{name}"


@CKS002.wrong("postgres")
def name_left_out_of_the_class(tree: Tree) -> None:
    tree.swap("    pool_size: int = 10\n", "", file=tree.config)


@CKS002.wrong()
def setting_of_the_module(tree: Tree) -> None:
    _import_module(tree, "conf")
    _read(tree, "conf.FIELD")


@CKS002.wrong("postgres", runs=False)
def file_that_no_store_imports(tree: Tree) -> None:
    tree.add(
        "src/jobs.py",
        "from src.config import Settings\n\n\ndef clean() -> str:\n    return Settings.database_url\n",
    )


@CKS002.wrong("memory")
def instance_attribute_of_a_plain_class(tree: Tree) -> None:
    tree.files[tree.config] = (
        "class Settings:\n    def __init__(self) -> None:\n        self.user = self.welcome = 'ada'\n"
        "        self.page_size = 5\n\n\nsettings = Settings()\n"
    )
    _import(tree, "CLASS")
    _read(tree, "CLASS.FIELD")


# Harmless


@CKS002.harmless()
def instance_under_another_name(tree: Tree) -> None:
    _import(tree, "CLASS")
    _main_gets(tree, "\n\ncurrent = CLASS()")
    _read(tree, "current.FIELD")


@CKS002.harmless(_PYDANTIC)
def instance_called_like_the_class(tree: Tree) -> None:
    line = _IMPORT[tree.name]
    tree.swap(line, f"{line}\nfrom {line.split()[1]} import settings as Config", file=tree.main)
    _read(tree, "Config.FIELD")


@CKS002.harmless()
def instance_of_a_module(tree: Tree) -> None:
    _import_module(tree, "conf")
    _read(tree, "conf.CLASS().FIELD")


@CKS002.harmless()
def instance_that_a_function_gives(tree: Tree) -> None:
    _import(tree, "CLASS")
    _main_gets(tree, "\n\ndef current() -> CLASS:\n    return CLASS()")
    _read(tree, "current().FIELD")


@CKS002.harmless()
def instance_kept_on_an_object(tree: Tree) -> None:
    _import(tree, "CLASS")
    _main_gets(
        tree,
        "\n\nclass Application:\n    def __init__(self) -> None:\n        self.held = CLASS()\n\n"
        "    def setting(self):\n        return self.held.FIELD",
    )
    _read(tree, "Application().setting()")


@CKS002.harmless()
def plain_class(tree: Tree) -> None:
    tree.append(
        "\n\nclass Constants:\n    title = 'x'\n    page_size = page_limit = 5\n", file=tree.config
    )
    _import(tree, "Constants")
    _read(tree, "Constants.FIELD")


@CKS002.harmless(_PYDANTIC)
def class_variable(tree: Tree) -> None:
    tree.append(
        "\n\nfrom typing import ClassVar  # noqa: E402\n\n\nclass LimitSettings(BaseModel):\n"
        "    page_size: ClassVar[int] = 5\n    page_limit: ClassVar[int] = 5\n",
        file=tree.config,
    )
    if tree.name == "postgres":
        tree.swap(
            "from pydantic_settings",
            "from pydantic import BaseModel\nfrom pydantic_settings",
            file=tree.config,
        )
    _import(tree, "LimitSettings")
    _read(tree, "LimitSettings.FIELD")


@CKS002.harmless()
def enumeration(tree: Tree) -> None:
    tree.append(
        "\n\nimport enum  # noqa: E402\n\n\nclass EnvConfig(enum.Enum):\n    FIELD = 5\n".replace(
            "FIELD", _field(tree)
        ),
        file=tree.config,
    )
    _import(tree, "EnvConfig")
    _main_gets(tree, "\n\nassert EnvConfig.FIELD.value == 5")


@CKS002.harmless()
def set_from_outside(tree: Tree) -> None:
    _import(tree, "CLASS")
    _main_gets(tree, "\n\nCLASS.FIELD = 'x' if 'FIELD' == 'title' else 5")
    _read(tree, "CLASS.FIELD")


@CKS002.harmless()
def asked_for_first(tree: Tree) -> None:
    _import(tree, "CLASS")
    _read(tree, "(CLASS.FIELD if hasattr(CLASS, 'FIELD') else OBJECT.FIELD)")


@CKS002.harmless()
def error_is_expected(tree: Tree) -> None:
    _import(tree, "CLASS")
    _main_gets(
        tree,
        "\n\ndef current():\n    try:\n        return CLASS.FIELD\n    except AttributeError:\n"
        "        return CLASS().FIELD",
    )
    _read(tree, "current()")


@CKS002.harmless()
def name_that_hides_the_class(tree: Tree) -> None:
    _import(tree, "CLASS")
    _read(tree, "(lambda CLASS: CLASS.FIELD)(OBJECT)")


@CKS002.harmless()
def what_every_class_has(tree: Tree) -> None:
    _import(tree, "CLASS")
    _main_gets(tree, "\n\nassert CLASS.__name__ and CLASS.mro()")


@CKS002.harmless(_PYDANTIC)
def what_pydantic_gives_the_class(tree: Tree) -> None:
    _import(tree, "CLASS")
    _main_gets(tree, "\n\nassert CLASS.model_fields and CLASS.model_config is not None")
    _read(tree, "CLASS.model_validate({}).FIELD")


@CKS002.harmless(_PYDANTIC)
def attributes_that_anybody_may_add(tree: Tree) -> None:
    tree.append(
        "\n\nfrom pydantic import BaseModel as Loose  # noqa: E402\n\n\n"
        "class LooseSettings(Loose, extra='allow'):\n    pass\n",
        file=tree.config,
    )
    _import(tree, "LooseSettings")
    _read(tree, "LooseSettings(FIELD=5).FIELD")
