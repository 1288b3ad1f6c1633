"""Which release a project's code is checked against, and why that one.

In this order: the command line, the configuration, and what the nearest folder that says anything
says: by an environment, else a lock file, else a requirement. Where none does, it is the newest release
that the data holds. Nothing is run and nothing raises but an explicit version that is not known: a lock
file that cannot be read says nothing.
"""

from __future__ import annotations

import os
import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from store_lint.chatkit_api import UnknownReleaseError, load, releases

if TYPE_CHECKING:
    from collections.abc import Iterator

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
    folder: str | None = None
    """The folder that says so; None where none so much as names openai-chatkit."""
    packages: str | None = None
    """Where a release that the data does not hold is installed."""

    @property
    def api(self) -> Api:
        """The API of the release; loaded when it is asked for."""
        read = _read_source(self.packages, self.version) if self.packages else None
        return read or load(self.version)


class Releases:
    """The releases of the projects of a run; what a folder says is read once.

    `explicit` comes from the command line, `configured` from the configuration; both may be a prefix
    (`1.5` is the newest 1.5.x). Raises UnknownReleaseError where the one that counts names no known
    release.
    """

    def __init__(self, explicit: str | None = None, configured: str | None = None) -> None:
        self._given: Choice | None = None
        if explicit is not None:
            self._given = Choice(_known(explicit), "--chatkit-version")
        elif configured is not None:
            self._given = Choice(_known(configured), "chatkit-version in the configuration")
        self._said: dict[str, _Said] = {}
        self._chosen: dict[tuple[str, ...], Choice] = {}

    def choose(self, folders: tuple[str, ...]) -> Choice:
        """The release for the code in a folder of a project.

        `folders` are that folder and those above it, up to the project's top. The nearest one that says
        a release counts. What it requires may leave several: then what is installed or locked further
        up decides, where it is one of them (a workspace has one lock file for many projects).
        """
        if self._given is not None:
            return self._given
        if folders not in self._chosen:
            self._chosen[folders] = self._choose(folders)
        return self._chosen[folders]

    def _choose(self, folders: tuple[str, ...]) -> Choice:
        required: _Required | None = None
        unknown, named = "", None
        for folder in folders:
            said = self._of(folder)
            for choice in said.exact:
                if required is not None and not required.allowed.contains(choice.version):
                    continue
                if choice.packages is not None or choice.version in releases():
                    return choice
                unknown = unknown or f"; {choice.version}, {choice.reason}, is not"
            required = required or said.required
            if named is None and said.names:
                named = folder
        if required is not None:
            return required.newest
        return Choice(releases()[-1], f"newest known{unknown}", named)

    def _of(self, folder: str) -> _Said:
        if folder not in self._said:
            self._said[folder] = _said(folder)
        return self._said[folder]


class _Required(NamedTuple):
    """A requirement that some known release meets."""

    allowed: Any
    """Of packaging: the SpecifierSet."""
    newest: Choice


class _Said(NamedTuple):
    """What one folder says of the release."""

    exact: tuple[Choice, ...] = ()
    """As installed or locked, what counts most first; the release need not be known."""
    required: _Required | None = None
    names: bool = False
    """Whether a file of it names openai-chatkit, with a release or without."""


def _said(folder: str) -> _Said:
    installed = _installed(folder)
    if installed is not None:
        return _Said((installed,), names=True)
    locked, names = tuple(_locked(folder)), False
    for name in _requirement_files(folder):
        text = _text(folder, name)
        if text is None or re.search(_NAME, text) is None:
            continue
        names = True
        for line in _requirements(name, text):
            required = _required(line, name, folder)
            if required is not None:
                return _Said(locked, required, names=True)
    return _Said(locked, names=names or bool(locked))


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


def _installed(project: str) -> Choice | None:
    for root, shown in _environments(project):
        for packages in _site_packages(root):
            for version in _versions_in(packages):
                if version in releases():
                    return Choice(version, f"installed in {shown}", project)
                if _read_source(packages, version) is not None:
                    reason = f"installed in {shown}, read from its source"
                    return Choice(version, reason, project, packages)
    return None


def _environments(project: str) -> Iterator[tuple[str, str]]:
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


@lru_cache(maxsize=4)
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


def _locked(folder: str) -> Iterator[Choice]:
    for name in _LOCK_FILES:
        text = _text(folder, name)
        if text is None or re.search(_NAME, text) is None:
            continue
        match = re.search(_PIPFILE_LOCKED if name == "Pipfile.lock" else _LOCKED, text)
        if match is not None:
            yield Choice(match.group(1), f"locked in {name}", folder)


def _requirements(name: str, text: str) -> list[str]:
    if name.endswith((".txt", ".in", ".cfg")):
        return re.findall(_REQUIREMENT_LINE, text)
    of_poetry = [f"openai-chatkit{_poetry(version)}" for version in re.findall(_POETRY_LINE, text)]
    return [*re.findall(_QUOTED, text), *of_poetry]


def _requirement_files(project: str) -> Iterator[str]:
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


def _text(project: str, name: str) -> str | None:
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


def _required(line: str, name: str, folder: str) -> _Required | None:
    from packaging.requirements import InvalidRequirement, Requirement

    try:
        requirement: Any = Requirement(line.strip().split(" --hash")[0].strip().rstrip("\\").strip())
    except InvalidRequirement:
        return None
    if re.sub(r"[-_.]+", "-", requirement.name).lower() != "openai-chatkit":
        return None
    allowed = [v for v in releases() if requirement.specifier.contains(v)]
    if not requirement.specifier or not allowed:
        return None
    reason = f"{name}: {' '.join(line.split()).rstrip(',;')}"
    return _Required(requirement.specifier, Choice(allowed[-1], reason, folder))


__all__ = ["Choice", "Releases"]
