"""Which release a project's code is checked against, and why that one.

In this order: the command line, the configuration, the environment of the project, its lock file, its
requirement, else the newest release that the data holds. Nothing is run and nothing raises but an
explicit version that is not known: a lock file that cannot be read says nothing.
"""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from store_lint.chatkit_api import UnknownReleaseError, load, releases

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from store_lint.chatkit_api.api import Api

_ENVIRONMENTS: Final = (".venv", "venv", "env", ".env")
_LOCK_FILES: Final = ("uv.lock", "poetry.lock", "pdm.lock", "pylock.toml", "Pipfile.lock")
# Compiled where they are first used: most runs find no file to use them on.
_NAME: Final = r"(?i)openai[-_.]+chatkit(?![-\w.]*[a-zA-Z])"
_INSTALLED: Final = r"openai_chatkit-([^-]+)\.dist-info"
_LOCKED: Final = r"""name\s*=\s*["']openai[-_.]chatkit["']\s*\n\s*version\s*=\s*["']([^"']+)["']"""
_PIPFILE_LOCKED: Final = r'(?s)"openai[-_.]chatkit"\s*:\s*\{[^}]*?"version"\s*:\s*"==([^"]+)"'
_REQUIREMENT_LINE: Final = r"(?im)^\s*(openai[-_.]+chatkit\s*(?:\[[^\]]*\])?[^#\n\\]*)"
_POETRY_LINE: Final = (
    r"""(?m)^\s*["']?openai[-_.]chatkit["']?\s*=\s*(?:\{[^}\n]*?version\s*=\s*)?["']([^"']*)["']"""
)
_QUOTED: Final = r"""(?i)["'](openai[-_.]+chatkit[^"'\n]*)["']"""


class Choice(NamedTuple):
    """The release, and a few words on why."""

    version: str
    reason: str
    read: Api | None = None
    """The API of a release that the data does not hold, read from what is installed."""

    @property
    def api(self) -> Api:
        """The API of the release; loaded when it is asked for."""
        return self.read or load(self.version)


def choose(
    folders: Sequence[Path], explicit: str | None = None, configured: str | None = None
) -> Choice:
    """The release for the code in a folder of a project.

    `folders` are that folder and those above it, up to the project's top; what the nearest one says
    counts.

    `explicit` comes from the command line, `configured` from the configuration; both may be a prefix
    (`1.5` is the newest 1.5.x). Raises UnknownReleaseError where one of them names no known release.
    """
    for given, reason in (
        (explicit, "--chatkit-version"),
        (configured, "chatkit-version in the configuration"),
    ):
        if given is not None:
            return Choice(_known(given), reason)
    for folder in folders:
        installed = _installed(folder)
        if installed is not None:
            return installed
    unknown = ""
    for version, reason in _declared(folders):
        if version in releases():
            return Choice(version, reason)
        unknown = unknown or f"; {version}, {reason}, is not"
    return Choice(releases()[-1], f"newest known{unknown}")


def _known(given: str) -> str:
    known = releases()
    if given in known:
        return given
    matching = [v for v in known if v.startswith(given.rstrip(".") + ".")]
    if matching:
        return matching[-1]
    raise UnknownReleaseError(
        f"openai-chatkit {given} is not a known release; known are {', '.join(known)}"
    )


def _installed(project: Path) -> Choice | None:
    for root, shown in _environments(project):
        for packages in _site_packages(root):
            for version in _versions_in(packages):
                if version in releases():
                    return Choice(version, f"installed in {shown}")
                api = _read_source(packages, version)
                if api is not None:
                    return Choice(version, f"installed in {shown}, read from its source", api)
    return None


def _environments(project: Path) -> Iterator[tuple[str, str]]:
    for name in _ENVIRONMENTS:
        root = os.path.join(project, name)
        if os.path.isdir(root):
            yield root, name
    active = os.environ.get("VIRTUAL_ENV")
    # An environment that is active for something else (pre-commit's own) says nothing of the project.
    if active and os.path.commonpath([os.path.abspath(active), os.path.abspath(project)]) == (
        os.path.abspath(project)
    ):
        yield active, "the active environment"


def _site_packages(root: str) -> Iterator[str]:
    windows = os.path.join(root, "Lib", "site-packages")
    if os.path.isdir(windows):
        yield windows
    for lib in ("lib", "lib64"):
        folder = os.path.join(root, lib)
        try:
            versions = sorted(os.listdir(folder))
        except OSError:
            continue
        for version in versions:
            packages = os.path.join(folder, version, "site-packages")
            if version.startswith("python") and os.path.isdir(packages):
                yield packages


def _versions_in(packages: str) -> Iterator[str]:
    try:
        names = os.listdir(packages)
    except OSError:
        return
    for name in names:
        match = re.fullmatch(_INSTALLED, name)
        if match is not None:
            yield match.group(1)


def _read_source(packages: str, version: str) -> Api | None:
    """A release newer than the data, from what is installed."""
    from packaging.version import InvalidVersion, Version

    from store_lint.chatkit_api.api import Api
    from store_lint.chatkit_api.extract import extract

    try:
        if Version(version) <= Version(releases()[-1]):
            return None
    except InvalidVersion:
        return None
    folder = os.path.join(packages, "chatkit")
    sources: dict[str, str] = {}
    inits: set[str] = set()
    try:
        for parent, _, names in os.walk(folder):
            for name in sorted(names):
                if not name.endswith(".py"):
                    continue
                path = os.path.join(parent, name)
                parts = os.path.relpath(path, packages)[: -len(".py")].split(os.sep)
                if parts[-1] == "__init__":
                    parts.pop()
                    inits.add(".".join(parts))
                with open(path, encoding="utf-8") as file:
                    sources[".".join(parts)] = file.read()
        facts = extract(sources, frozenset(inits))
    except (OSError, SyntaxError, UnicodeDecodeError):
        return None
    return Api(version, facts, lambda key: (version,) if key in facts else ())


def _declared(folders: Sequence[Path]) -> Iterator[tuple[str, str]]:
    for folder in folders:
        for name in _LOCK_FILES:
            text = _text(folder, name)
            if text is None or re.search(_NAME, text) is None:
                continue
            match = re.search(_PIPFILE_LOCKED if name == "Pipfile.lock" else _LOCKED, text)
            if match is not None:
                yield match.group(1), f"locked in {name}"
    for folder in folders:
        for name in _requirement_files(folder):
            text = _text(folder, name)
            if text is None or re.search(_NAME, text) is None:
                continue
            for line in _requirements(name, text):
                version = _newest_allowed(line.strip())
                if version is not None:
                    yield version, f"{name}: {' '.join(line.split()).rstrip(',;')}"


def _requirements(name: str, text: str) -> list[str]:
    if name.endswith((".txt", ".in", ".cfg")):
        return re.findall(_REQUIREMENT_LINE, text)
    of_poetry = [f"openai-chatkit{_poetry(version)}" for version in re.findall(_POETRY_LINE, text)]
    return [*re.findall(_QUOTED, text), *of_poetry]


def _requirement_files(project: Path) -> Iterator[str]:
    try:
        names = sorted(os.listdir(project))
    except OSError:
        return
    for name in names:
        if name.startswith("requirements") and name.endswith((".txt", ".in")):
            yield name
    if "requirements" in names:
        folder = os.path.join(project, "requirements")
        if os.path.isdir(folder):
            for name in sorted(os.listdir(folder)):
                if name.endswith((".txt", ".in")):
                    yield f"requirements/{name}"
    for name in ("pyproject.toml", "Pipfile", "setup.cfg", "setup.py"):
        if name in names:
            yield name


def _text(project: Path, name: str) -> str | None:
    try:
        with open(os.path.join(project, name), encoding="utf-8", errors="replace") as file:
            return file.read()
    except OSError:
        return None


def _poetry(constraint: str) -> str:
    """A poetry constraint as a specifier: `^1.4` allows up to the next major, `~1.4` the next minor."""
    constraint = constraint.strip()
    if constraint in ("", "*"):
        return ""
    if constraint[0] == "^":
        parts = constraint[1:].split(".")
        # Up to the next change of the first part that is not nought.
        place = next((i for i, part in enumerate(parts) if part != "0"), len(parts) - 1)
        if not parts[place].isdigit():
            return ""
        return f">={constraint[1:]},<{'.'.join([*parts[:place], str(int(parts[place]) + 1)])}"
    if constraint[0] == "~" and constraint[1:2] != "=":
        parts = constraint[1:].split(".")
        fixed = ".".join(parts[:2]) if len(parts) > 1 else parts[0]
        return f">={constraint[1:]},=={fixed}.*"
    return constraint if constraint[0] in "<>=!~" else f"=={constraint}"


def _newest_allowed(line: str) -> str | None:
    from packaging.requirements import InvalidRequirement, Requirement

    try:
        requirement: Any = Requirement(line.split(" --hash")[0].strip().rstrip("\\").strip())
    except InvalidRequirement:
        return None
    if re.sub(r"[-_.]+", "-", requirement.name).lower() != "openai-chatkit":
        return None
    if not requirement.specifier:
        return None
    allowed = [v for v in releases() if requirement.specifier.contains(v)]
    return allowed[-1] if allowed else None


__all__ = ["Choice", "choose"]
