from chatkit.types import ThreadItem
from pydantic import TypeAdapter


def load(row):
    if hasattr(ThreadItem, "model_validate"):
        return ThreadItem.model_validate(row)
    return TypeAdapter(ThreadItem).validate_python(row)


def load_early(row):
    if not hasattr(ThreadItem, "model_validate"):
        return TypeAdapter(ThreadItem).validate_python(row)
    return ThreadItem.model_validate(row)


def load_by_trial(row):
    try:
        return ThreadItem.model_validate(row)
    except AttributeError:
        return TypeAdapter(ThreadItem).validate_python(row)


def load_by_class(row):
    return ThreadItem(**row) if isinstance(ThreadItem, type) else row


def load_unasked(row):
    if hasattr(row, "model_validate"):
        return ThreadItem.model_validate(row)  # CKS003
    try:
        return ThreadItem.model_validate(row)  # CKS003
    except Exception as error:
        print(error)
