from second import *
from first import *
from second import _Private


class Mine(Files):
    pass


class Hidden(_Private):
    pass


class Shown(Public):  # CKS001
    pass
