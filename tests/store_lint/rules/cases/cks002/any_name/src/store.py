"""A chatkit store."""

from core import deps, params
from core.deps import Alias, current
from core.params import AppParams


def reads() -> tuple[object, ...]:
    return (
        AppParams.url,  # CKS002
        params.AppParams.url,  # CKS002
        deps.Alias.url,  # CKS002
        Alias.url,  # CKS002
        current.url,
        current.dsn,  # CKS002
        deps.current.dsn,  # CKS002
    )
