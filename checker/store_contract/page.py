"""The page of the contract, `skill/contract.md`, made from the docstrings of the cases.

python -m store_contract.page > skill/contract.md
"""

from __future__ import annotations

import sys
from itertools import groupby
from typing import TYPE_CHECKING

from store_contract.case import all_cases

if TYPE_CHECKING:
    from store_contract.case import Case

_HEAD = """\
# The contract

What a ChatKit store must do, as `store-contract` proves it. Made by `python -m store_contract.page`
from the cases; do not edit it by hand.

Run it on a store: `store-contract app.stores:make_store`. It says for each case whether it held, why
not, and what to change. Cases marked **house** rest on decisions of this project where openai-chatkit
leaves a choice; `--profile house` runs them too. What a store lacks on purpose is declared:
`--unsupported 'C41=the reason'`, or `attachments` or `tenants` for all cases that need them.

Not provable from outside: C46 in full (a database that stops answering; the cases cancel calls).
"""


def page() -> str:
    """The whole page, Markdown."""
    sections = [_HEAD]
    for number, cases in groupby(all_cases(), key=lambda case: case.id):
        sections.append(f"## {number}\n")
        sections += [_entry(case) for case in cases]
    return "\n".join(sections)


def _entry(case: Case) -> str:
    house = " **house**" if case.profile == "house" else ""
    needs = f" Needs: {', '.join(sorted(case.needs))}." if case.needs else ""
    return f"### {case.name}{house}\n\n{case.what}{needs}\n\n- Why: {case.why}\n- Mend: {case.mend}\n"


if __name__ == "__main__":
    sys.stdout.write(page())
