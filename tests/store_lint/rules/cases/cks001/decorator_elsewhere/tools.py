def concrete(cls):
    cls.__abstractmethods__ = frozenset()
    return cls


def counted(cls):
    cls.count = 0
    return cls
