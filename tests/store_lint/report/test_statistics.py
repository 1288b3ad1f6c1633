from store_lint.finding import Edit
from tests.store_lint.report.samples import finding, outcome, rendered

TEXT = "a = 1\n"


def test_rules_by_frequency() -> None:
    often = [finding(TEXT, "a", Edit(0, 1, "b")) for _ in range(9)] + [finding(TEXT, "a")]
    once = finding(TEXT, "a", rule="CKS001", name="missing-abstract-method")
    run = outcome(TEXT, [once, *often])
    assert rendered("text", run, statistics=True) == (
        "10  CKS004  unguarded-pool  (9 fixable with --fix)\n"
        " 1  CKS001  missing-abstract-method\n"
        "store-lint: 11 errors, 9 fixable with --fix, 3 stores in 120 files, chatkit 1.6.5 "
        "(newest known); exit 1: errors\n"
    )
    assert rendered("agent", run, statistics=True, quiet=True).count("\n") == 2
