from first import *
from second import *


class Mine(Files):  # CKS001
    pass


class Complete(Files):
    delete_attachment = print
