class OnlyHere:
    pass
