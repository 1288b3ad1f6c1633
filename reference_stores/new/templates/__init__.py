"""The contract test that `store-new` writes beside each engine's store, one module an engine.

They are modules so that they are linted and type-checked; their imports of `reference_stores` become
those of the application's own store.
"""

from __future__ import annotations

from typing import Any


def tenant_of(context: Any) -> str:
    """Stands for the application's function."""
    return context["user_id"]
