"""SARIF 2.1.0, for code scanning services: findings, rules with their pages, and fixes."""

from __future__ import annotations

import hashlib
import json
import os
from collections import Counter
from typing import TYPE_CHECKING
from urllib.parse import quote

from store_lint.report.lines import Lines
from store_lint.report.version import tool_version

if TYPE_CHECKING:
    from pathlib import Path

    from store_lint.finding import Edit, Finding, Span
    from store_lint.report import Look, Outcome
    from store_lint.report.catalogue import Notice
    from store_lint.rules import RuleInfo

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_FOLDER = "%SRCROOT%"
"""The name that code scanning services resolve to the root of the checkout."""

_Json = dict[str, object]


def render(outcome: Outcome, look: Look) -> str:
    """One SARIF log with one run. ASCII only, so any stream can carry it."""
    del look
    from store_lint.report.catalogue import catalogue

    report = outcome.report
    newest = report.targets[-1]
    rules = catalogue()
    places = {rule.id: index for index, rule in enumerate(rules)}
    texts = {path: Lines(text) for path, text in report.sources.items()}
    prints = _Fingerprints()
    run: _Json = {
        "tool": {
            "driver": {
                "name": "store-lint",
                "version": tool_version(),
                "rules": [_rule(rule) for rule in rules],
            }
        },
        "invocations": [
            {
                "executionSuccessful": not report.problems,
                "exitCode": outcome.exit_code,
                "toolExecutionNotifications": [
                    {"level": "error", "message": {"text": problem.message}}
                    for problem in report.problems
                ],
            }
        ],
        "originalUriBaseIds": {
            _FOLDER: {"description": {"text": "The folder that store-lint was called in."}}
        },
        "columnKind": "unicodeCodePoints",
        # A lone carriage return ends a line for Python and this checker, not by SARIF's default.
        "newlineSequences": ["\r\n", "\n", "\r"],
        "properties": {
            "chatkitVersion": newest.version,
            "chatkitVersionReason": newest.reason,
            "chatkitVersions": [
                {
                    "version": target.version,
                    "reason": target.reason,
                    "folders": [_artifact(folder, outcome.folder) for folder in target.folders],
                }
                for target in report.targets
            ],
            "files": report.files,
            "stores": report.stores,
        },
        "results": [
            _result(finding, outcome.folder, places, texts[finding.path], prints)
            for finding in report.findings
        ],
    }
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2) + "\n"


def _rule(rule: RuleInfo | Notice) -> _Json:
    page = rule.page()
    return {
        "id": rule.id,
        "name": rule.name,
        "shortDescription": {"text": rule.summary},
        "help": {"text": page, "markdown": page},
        "defaultConfiguration": {"level": rule.severity},
    }


def _result(
    finding: Finding, folder: Path, places: dict[str, int], lines: Lines, prints: _Fingerprints
) -> _Json:
    artifact = _artifact(finding.path, folder)
    result: _Json = {
        "ruleId": finding.rule,
        "level": finding.severity,
        "message": {"text": f"{finding.message}\n{finding.remedy}"},
        "locations": [
            {"physicalLocation": {"artifactLocation": artifact, "region": _region(finding.span)}}
        ],
        "partialFingerprints": {
            "storeLint/v1": prints.of(finding.rule, artifact["uri"], lines.line(finding.span.line))
        },
    }
    if finding.rule in places:
        result["ruleIndex"] = places[finding.rule]
    if finding.edits:
        change: _Json = {
            "artifactLocation": artifact,
            "replacements": [_replacement(edit, lines) for edit in finding.edits],
        }
        result["fixes"] = [{"description": {"text": finding.remedy}, "artifactChanges": [change]}]
    return result


def _region(span: Span) -> dict[str, int]:
    return {
        "startLine": span.line,
        "startColumn": span.column,
        "endLine": span.end_line,
        "endColumn": span.end_column,
        "charOffset": span.start,
        "charLength": span.end - span.start,
    }


def _replacement(edit: Edit, lines: Lines) -> _Json:
    line, column = lines.position(edit.start)
    end_line, end_column = lines.position(edit.end)
    return {
        "deletedRegion": {
            "startLine": line,
            "startColumn": column,
            "endLine": end_line,
            "endColumn": end_column,
            "charOffset": edit.start,
            "charLength": edit.end - edit.start,
        },
        "insertedContent": {"text": edit.text},
    }


def _artifact(path: Path, folder: Path) -> dict[str, str]:
    if path.is_absolute():
        if not path.is_relative_to(folder):
            return {"uri": path.as_uri()}
        path = path.relative_to(folder)
    return {"uri": quote(os.fsencode(path.as_posix())), "uriBaseId": _FOLDER}


class _Fingerprints:
    """Names for findings that hold when lines are added above: rule, file, and the line's own text.

    Equal lines are told apart by their order.
    """

    def __init__(self) -> None:
        self._seen = Counter[str]()

    def of(self, rule: str, uri: str, line: str) -> str:
        key = "\0".join((rule, uri, " ".join(line.split())))
        self._seen[key] += 1
        seed = f"{key}\0{self._seen[key]}"
        return hashlib.sha256(seed.encode("utf-8", "surrogatepass")).hexdigest()[:32]
