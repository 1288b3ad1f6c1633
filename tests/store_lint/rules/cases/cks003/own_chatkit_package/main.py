from chatkit.types import OnlyHere, ThreadItem


def load(row):
    return OnlyHere(**row), ThreadItem(**row)
