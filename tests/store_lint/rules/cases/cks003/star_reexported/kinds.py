from chatkit.types import *
