from unittest.mock import patch

from store import Files


def test_path():
    with patch.multiple(Files, __abstractmethods__=set()):
        Files()
