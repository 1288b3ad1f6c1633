from chatkit.types import *
from models import *

part = MessageContentPart()
store = Store
item = ThreadData()  # CKS003
