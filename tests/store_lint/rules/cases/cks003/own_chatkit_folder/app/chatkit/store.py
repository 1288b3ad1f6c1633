import chatkit.models  # CKS003
from chatkit import types as kinds
from chatkit.types import Local as Theirs  # CKS003
from chatkit.types import ThreadItem

from . import types
from .types import Local


def load(row):
    return Local(**row), types.Local(), kinds.Theirs, ThreadItem(**row)  # CKS003
