import pytest
from chatkit.types import UserMessageItem
from pydantic import ValidationError


def test_refused():
    with pytest.raises(ValidationError):
        UserMessageItem(id="1", content="hi")


def tried(text: str):
    try:
        return UserMessageItem(id="1", content=text)
    except ValidationError:
        return None


def logged(text: str):
    try:
        return UserMessageItem(id="1", content=text)  # CKS003
    except Exception as error:
        print(error)
