"""What the component is given; read from the source, so that no JavaScript is needed."""

import re
from pathlib import Path

SOURCE = Path("src/Chat.tsx").read_text()


def test_it_is_dark() -> None:
    assert re.search(r"colorScheme:\s*[\"']dark[\"']", SOURCE)
    assert not re.search(r"colorScheme:\s*[\"']light[\"']", SOURCE)


def test_it_greets() -> None:
    start = SOURCE[SOURCE.index("startScreen") :]
    assert re.search(r"greeting:\s*[\"']How can we help\?[\"']", start)
    assert len(re.findall(r"\blabel:", start)) == 2
    assert len(re.findall(r"\bprompt:", start)) == 2


def test_the_api_is_as_it_was() -> None:
    assert 'api: { url: "/chatkit", domainKey: "local-dev" }' in SOURCE
