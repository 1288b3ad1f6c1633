"""A shop whose chat has no store yet: what `make demo` starts from."""
