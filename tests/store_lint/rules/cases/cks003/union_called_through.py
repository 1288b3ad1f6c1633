from chatkit.types import Attachment, ThreadItem, UserMessageItem

Item = ThreadItem
KINDS = {"item": ThreadItem}


def by_variable(row):
    cls = ThreadItem
    return cls(**row)  # CKS003


def by_alias(row):
    return Item(**row)  # CKS003


def by_choice(row, user):
    cls = UserMessageItem if user else ThreadItem
    return cls


def by_parameter(row, Attachment):
    return Attachment(**row)


def by_lambda(rows):
    return map(lambda row: ThreadItem(**row), rows)  # CKS003


def by_comprehension(rows):
    return [Attachment(**row) for row in rows]  # CKS003


def by_local(row):
    from chatkit.types import ThreadStatus

    return ThreadStatus(type="active")  # CKS003
