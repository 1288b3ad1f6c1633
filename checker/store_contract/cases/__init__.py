"""The cases, one module for each part of the contract; importing this registers all of them."""

from store_contract.cases import (
    attachments,
    histories,
    items,
    pages,
    payloads,
    running,
    server,
    shapes,
    threads,
)

__all__ = [
    "attachments",
    "histories",
    "items",
    "pages",
    "payloads",
    "running",
    "server",
    "shapes",
    "threads",
]
