"""A chatkit store, which is given its pool."""

POOL = None
