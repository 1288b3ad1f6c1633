import json
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from store_lint.finding import Edit, Problem
from tests.store_lint.report.samples import FOLDER, finding, outcome, patient, rendered

TEXT = "a = 1\nself.pool\n"
SCHEMA: dict[str, Any] = json.loads(
    (files("store_lint.report") / "report.schema.json").read_text("utf-8")
)


def document(*args: Any, **kwargs: Any) -> dict[str, Any]:
    loaded = json.loads(rendered("json", outcome(*args, **kwargs)))
    jsonschema.validate(loaded, SCHEMA)
    return loaded


def test_everything_a_run_knows() -> None:
    found = [
        finding(TEXT, "self.pool", Edit(6, 10, "this"), path=FOLDER / "src" / "store.py"),
        finding(TEXT, "a", rule="CKS005", name="untyped-query-param", severity="warning"),
    ]
    loaded = document(TEXT, found, exit_code=2, problems=[Problem("no such file: x")], fixed=4)
    assert loaded.pop("tool")["name"] == "store-lint"
    remedy = "Call `await self._ensure_pool()` first."
    assert loaded == {
        "schema": 1,
        "target": {"version": "1.6.5", "reason": "newest known"},
        "targets": [{"version": "1.6.5", "reason": "newest known", "folders": []}],
        "exit_code": 2,
        "counts": {
            "files": 120,
            "stores": 3,
            "errors": 1,
            "warnings": 1,
            "fixable": 1,
            "fixed": 4,
            "rules": {"CKS004": 1, "CKS005": 1},
        },
        "findings": [
            {
                "rule": "CKS004",
                "name": "unguarded-pool",
                "severity": "error",
                "path": "src/store.py",
                "span": {
                    "start": 6,
                    "end": 15,
                    "line": 2,
                    "column": 1,
                    "end_line": 2,
                    "end_column": 10,
                },
                "message": "`self.pool` may be None here",
                "remedy": remedy,
                "edits": [{"start": 6, "end": 10, "text": "this"}],
            },
            {
                "rule": "CKS005",
                "name": "untyped-query-param",
                "severity": "warning",
                "path": "store.py",
                "span": {
                    "start": 0,
                    "end": 1,
                    "line": 1,
                    "column": 1,
                    "end_line": 1,
                    "end_column": 2,
                },
                "message": "`self.pool` may be None here",
                "remedy": remedy,
                "edits": [],
            },
        ],
        "problems": [{"message": "no such file: x"}],
    }


def test_the_schema_refuses_what_is_not_a_report() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    loaded = document(TEXT, [finding(TEXT, "a")])
    breakages: list[dict[str, Any]] = [
        {"schema": 2},
        {"exit_code": 3},
        {"counts": {}},
        {"findings": [{**loaded["findings"][0], "span": None}]},
    ]
    for breakage in breakages:
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(loaded | breakage, SCHEMA)


@patient
@given(
    message=st.text(st.characters()),
    remedy=st.text(),
    edit=st.text(),
    path=st.text(st.characters(blacklist_characters="\0"), min_size=1),
)
def test_any_text_comes_back_as_it_was(message: str, remedy: str, edit: str, path: str) -> None:
    found = finding(TEXT, "a", Edit(0, 1, edit), message=message, remedy=remedy, path=Path("d") / path)
    run = outcome(TEXT, [found])
    output = rendered("json", run)
    assert output.isascii()
    (loaded,) = json.loads(output)["findings"]
    assert loaded["message"] == message
    assert loaded["remedy"] == remedy
    assert loaded["edits"][0]["text"] == edit
