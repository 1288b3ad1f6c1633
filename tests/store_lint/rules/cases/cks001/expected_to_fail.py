import contextlib
import unittest

import pytest
from chatkit.store import AttachmentStore


def test_incomplete():
    class Incomplete(AttachmentStore):  # abstract: the test wants it
        pass

    with pytest.raises(TypeError):
        Incomplete()


class Suppressed(AttachmentStore):  # abstract: the code below wants it
    pass


class Caught(AttachmentStore):  # CKS001
    pass


with contextlib.suppress(TypeError):
    Suppressed()


def main():
    try:
        Caught()
    except ValueError:
        pass


class Case(unittest.TestCase):
    def test_it(self):
        self.assertRaises(TypeError, lambda: Suppressed())
