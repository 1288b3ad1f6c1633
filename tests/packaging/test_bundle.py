"""`make bundle`, as somebody gets it whose installer drops what begins with an underscore."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from bundle.make import NAME, ROOT, BundleError, contents, make
from tests.packaging.installing import WRONG, must, run


@pytest.fixture(scope="module")
def zipped(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make(tmp_path_factory.mktemp("bundle"))


@pytest.fixture(scope="module")
def unzipped(zipped: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The skill's folder where agents look for one, without the files that some installers drop."""
    skills = tmp_path_factory.mktemp("project") / ".agents" / "skills"
    with zipfile.ZipFile(zipped) as archive:
        archive.extractall(skills)
    for dropped in [*skills.rglob("_*")]:
        dropped.unlink()
    return skills / NAME


@pytest.fixture(scope="module")
def commands(unzipped: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where pipx puts the commands that it finds in that folder."""
    folder = tmp_path_factory.mktemp("pipx")
    places = {"PIPX_HOME": "home", "PIPX_BIN_DIR": "commands", "PIPX_MAN_DIR": "man"}
    changes = {variable: str(folder / name) for variable, name in places.items()}
    pipx = [sys.executable, "-m", "pipx", "install", "--python", sys.executable]
    must(*pipx, f"{unzipped}[contract,sqlite]", cwd=folder, **changes)
    return folder / "commands"


def test_it_holds_what_an_agent_needs_and_nothing_else(zipped: Path) -> None:
    with zipfile.ZipFile(zipped) as archive:
        names = archive.namelist()
    assert {name.split("/")[0] for name in names} == {NAME}
    inner = [name.removeprefix(f"{NAME}/") for name in names]
    tops = {name.split("/")[0] for name in inner}
    assert tops == {
        ".claude-plugin", "LICENSE", "SKILL.md", "hooks", "pyproject.toml", "skill", "wheels",
    }  # fmt: skip
    assert {name for name in inner if name.startswith("wheels/")} == {
        "wheels/bundle_backend.py",
        f"wheels/chatkit_store_creator-{version()}-py3-none-any.whl",
    }
    assert not [name for name in inner if name.startswith("skill/evals/")]


def version() -> str:
    found = re.search(r'^version = "(.+)"$', (ROOT / "pyproject.toml").read_text("utf-8"), re.MULTILINE)
    assert found is not None
    return found[1]


def test_it_is_the_same_to_the_byte_when_it_is_made_again(clone: Path, tmp_path: Path) -> None:
    once, again = make(tmp_path / "once", clone), make(tmp_path / "again", clone)
    assert again.name == f"{NAME}-{version()}.zip"
    assert again.read_bytes() == once.read_bytes()
    with zipfile.ZipFile(once) as archive:
        entries = archive.infolist()
    assert [entry.filename for entry in entries] == sorted(entry.filename for entry in entries)
    assert {entry.date_time for entry in entries} == {(1980, 1, 1, 0, 0, 0)}


def test_a_page_that_leads_out_of_it_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from bundle import make as module

    wheel = tmp_path / "a.whl"
    wheel.write_bytes(b"")
    assert "SKILL.md" in contents(wheel)
    monkeypatch.setattr(module, "FILES", (*module.FILES, "README.md"))
    with pytest.raises(BundleError, match=r"^README\.md leads to docs/\S+, which is not in the bundle"):
        contents(wheel)


@pytest.mark.skipif(sys.version_info < (3, 11), reason="skills-ref needs Python 3.11")
def test_its_folder_is_a_valid_skill(unzipped: Path) -> None:
    done = subprocess.run(
        [Path(sys.executable).with_name("agentskills"), "validate", unzipped],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_store_lint_and_its_hook_run_from_it(commands: Path, tmp_path: Path) -> None:
    (tmp_path / "store.py").write_text(WRONG)
    assert run(commands / "store-lint", "--format", "agent", cwd=tmp_path).stdout.startswith(
        "store.py:4:7-4:11 CKS001 error "
    )
    assert must(commands / "store-lint", "--explain", "CKS004", cwd=tmp_path).startswith("# CKS004")
    hook = json.loads((ROOT / "hooks" / "hooks.json").read_text("utf-8"))
    (group,) = hook["hooks"]["PostToolUse"]
    (handler,) = group["hooks"]
    event = json.dumps({"cwd": str(tmp_path), "tool_input": {"file_path": "store.py"}})
    for path, code in ((f"{commands}:/usr/bin:/bin", 2), ("/usr/bin:/bin", 0)):
        done = subprocess.run(
            ["bash", "-c", handler["command"]],
            input=event,
            env={"PATH": path},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == code, done.stderr
        assert ("CKS001" in done.stderr) == (code == 2)


def test_store_new_runs_from_it_and_store_contract_proves_what_it_wrote(
    commands: Path, tmp_path: Path
) -> None:
    """The commands' environment has chatkit, so it stands for the application's own."""
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "__init__.py").write_text("")
    (tmp_path / "pyproject.toml").write_text("[project]\nname = 'app'\nversion = '1'\n")
    new = ["memory", "app/stores", "--class", "AppStore", "--tenant", 'ctx["user_id"]']
    must(commands / "store-new", *new, cwd=tmp_path)
    assert must(commands / "store-lint", "--format", "agent", ".", cwd=tmp_path).startswith(
        "store-lint: ok"
    )
    prove = ["app.stores.memory:make_store", "--select", "C01,C12,C15,C27,C32,C40"]
    done = must(commands / "store-contract", *prove, cwd=tmp_path)
    assert " 0 broken" in done
