import pytest
from chatkit.types import ThreadItem


def test_calling_it_raises():
    with pytest.raises(TypeError):
        ThreadItem(id="x")
    with pytest.raises((TypeError, AttributeError)):
        ThreadItem.model_validate({})


def test_nothing_else_is_expected():
    with pytest.raises(ValueError):
        ThreadItem(id="x")  # CKS003
