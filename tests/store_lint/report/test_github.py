import re
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from store_lint.finding import Problem
from tests.store_lint.report.samples import finding, outcome, patient, rendered

TEXT = "a = 1\nself.pool(\n)\n"


def test_a_finding_is_a_workflow_command() -> None:
    found = [finding(TEXT, "a", severity="warning"), finding(TEXT, "self.pool(\n)")]
    assert rendered("github", outcome(TEXT, found, problems=[Problem("x: y")])) == (
        "::warning title=CKS004 unguarded-pool,file=store.py,line=1,endLine=1,col=1,endColumn=2::"
        "`self.pool` may be None here%0ACall `await self._ensure_pool()` first.\n"
        "::error title=CKS004 unguarded-pool,file=store.py,line=2,endLine=3::"
        "`self.pool` may be None here%0ACall `await self._ensure_pool()` first.\n"
        "::error title=store-lint::x: y\n"
    )


def test_properties_escape_more_than_messages() -> None:
    found = finding(TEXT, "a", path=Path("a,b:100%.py"), message="a,b:100%", remedy="")
    output = rendered("github", outcome(TEXT, [found]))
    assert ",file=a%2Cb%3A100%25.py,line=1," in output
    assert output.endswith("::a,b:100%25%0A\n")


@patient
@given(message=st.text(), name=st.text(st.characters(blacklist_characters="\0/"), min_size=1))
def test_the_runner_reads_back_what_was_written(message: str, name: str) -> None:
    found = finding(TEXT, "a", path=Path("d", name), message=message, remedy="")
    output = rendered("github", outcome(TEXT, [found]))
    # The runner splits lines at \r and \n, properties at commas, and unescapes in this order.
    (line,) = re.split(r"[\r\n]+", output[:-1])
    match = re.fullmatch(r"::(\w+) ([^\r\n]*?)::(.*)", line, re.DOTALL)
    assert match
    properties = dict(part.split("=", 1) for part in match[2].split(","))
    assert unescaped(properties["file"]) == Path("d", name).as_posix()
    assert unescaped(match[3]) == f"{message}\n"


def unescaped(text: str) -> str:
    for escape, character in (("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ",")):
        text = text.replace(escape, character)
    return text.replace("%25", "%")
