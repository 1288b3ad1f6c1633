from second import *
from unlisted import *


class Last(Unlisted):  # CKS001
    pass
