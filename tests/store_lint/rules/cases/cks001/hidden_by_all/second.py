class Files:
    pass


class _Private:
    pass
