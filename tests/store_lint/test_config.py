from pathlib import Path

import pytest

from store_lint.config import ConfigError, Settings, load, resolve_rules
from store_lint.report.catalogue import catalogue

FULL = """
[tool.store-lint]
select = ["CKS0"]
ignore = ["unguarded-pool"]
exclude = ["/old", "*_pb2.py"]
chatkit-version = "1.5.0"
format = "concise"
strict = true
guess-settings = true

[tool.store-lint.per-file-ignores]
"tests/**" = ["CKS001", "CKS005"]
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "src" / "app").mkdir(parents=True)
    return tmp_path


def test_every_key(project: Path) -> None:
    (project / "pyproject.toml").write_text(FULL)
    assert load(project / "src" / "app" / "store.py") == Settings(
        root=project,
        select=frozenset(rule.id for rule in catalogue() if rule.id.startswith("CKS0")),
        ignore=frozenset({"CKS004"}),
        exclude=("/old", "*_pb2.py"),
        per_file_ignores=(("tests/**", frozenset({"CKS001", "CKS005"})),),
        chatkit_version="1.5.0",
        format="concise",
        strict=True,
        guess_settings=True,
    )


def test_the_nearest_file_with_the_table_counts(project: Path) -> None:
    (project / "pyproject.toml").write_text("[tool.store-lint]\nstrict = true\n")
    (project / "src" / "pyproject.toml").write_text("[project]\nname = 'store-lint-user'\n")
    assert load(project / "src" / "app").strict
    assert load(project / "src" / "app").root == project
    (project / "src" / "pyproject.toml").write_text("[tool]\nstore-lint = {}\n")
    assert load(project / "src" / "app") == Settings(project / "src")


def test_a_path_that_leaves_the_folder_is_searched_where_it_leads(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (project / "src" / "pyproject.toml").write_text("[tool.store-lint]\nstrict = true\n")
    monkeypatch.chdir(project / "src")
    assert load(Path()).strict
    assert not load(Path("../other")).strict


def test_without_a_table_all_is_as_it_comes(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (project / "pyproject.toml").write_text("[broken")
    monkeypatch.chdir(project)
    assert load(project / "src") == Settings(project)


def test_a_named_file_is_used_instead_of_the_nearest(project: Path) -> None:
    (project / "pyproject.toml").write_text("[tool.store-lint]\nstrict = true\n")
    named = project / "src" / "store-lint.toml"
    named.write_text('ignore = ["CKS001"]\n')
    assert load(project, named) == Settings(project / "src", ignore=frozenset({"CKS001"}))
    named = project / "src" / "pyproject.toml"
    named.write_text("[tool.store-lint]\n")
    assert load(project, named) == Settings(project / "src")


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ("selct = []", "[tool.store-lint] has no key 'selct' (did you mean 'select'?)"),
        ("per_file_ignores = {}", "has no key 'per_file_ignores' (did you mean 'per-file-ignores'"),
        ("zzz = 1", "[tool.store-lint] has no key 'zzz'"),
        ('select = "CKS001"', "select must be a list of strings"),
        ("exclude = [1]", "exclude must be a list of strings"),
        ("strict = 1", "strict must be true or false"),
        ("chatkit-version = 1.6", "chatkit-version must be a string"),
        ('format = "jsn"', "not 'jsn' (did you mean 'json'?)"),
        ('ignore = ["CKS04"]', "ignore: there is no rule 'CKS04' (did you mean 'CKS004'?)"),
        ("per-file-ignores = []", "per-file-ignores must be a table"),
        ('per-file-ignores = {"a" = ["unguarded-pol"]}', "did you mean 'unguarded-pool'?"),
        ("x = ", "is not valid TOML"),
    ],
)
def test_a_mistake_is_told_with_file_key_and_nearest_name(
    project: Path, table: str, message: str
) -> None:
    file = project / "pyproject.toml"
    file.write_text(f"[tool.store-lint]\n{table}\n")
    with pytest.raises(ConfigError) as error:
        load(project)
    assert str(error.value).startswith(f"{file}: ")
    assert message in str(error.value)


def test_the_table_must_be_a_table(project: Path) -> None:
    (project / "pyproject.toml").write_text("[tool]\nstore-lint = 1\n")
    with pytest.raises(ConfigError, match="must be a table"):
        load(project)


def test_a_named_file_must_exist_and_have_the_table(project: Path) -> None:
    with pytest.raises(ConfigError, match="--config: there is no file"):
        load(project, project / "none.toml")
    (project / "pyproject.toml").write_text("[project]\n")
    with pytest.raises(ConfigError, match=r"--config: .* has no \[tool\.store-lint\]"):
        load(project, project / "pyproject.toml")


def test_a_file_that_is_not_utf_8_is_told(project: Path) -> None:
    (project / "pyproject.toml").write_bytes(b"[tool.store-lint]\n# \xff\n")
    with pytest.raises(ConfigError, match="is not valid TOML"):
        load(project)


def test_rules_are_named_by_id_name_or_beginning() -> None:
    assert resolve_rules(["CKS001", "unguarded-pool"], "--select") == {"CKS001", "CKS004"}
    assert resolve_rules(["CKS"], "--select") == {rule.id for rule in catalogue()}
    assert resolve_rules([], "--select") == frozenset()
    for word in ("C", "", "cks001", "unguarded"):
        with pytest.raises(ConfigError, match="--select: there is no rule"):
            resolve_rules([word], "--select")
