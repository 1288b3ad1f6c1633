__all__ = ["Other"]


class Other:
    pass


class Files:
    """Not listed: `import *` leaves it here."""
