from datetime import datetime, timezone

from chatkit.types import ThreadMetadata

now = datetime.now(timezone.utc)

import contextlib

import pytest
from pydantic import ValidationError


def test_required():
    with pytest.raises(ValidationError):
        ThreadMetadata(id="x")
    with pytest.raises(AttributeError):
        ThreadMetadata(id="x", created_at=now).updated_at
    with contextlib.suppress(ValueError):
        ThreadMetadata(id="x")
    with open("log") as log:
        ThreadMetadata(id="x")  # CKS006
