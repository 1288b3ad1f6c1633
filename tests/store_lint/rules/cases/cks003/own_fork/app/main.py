import chatkit.types as types
from chatkit.types import ComputerUseTask
from chatkit.types import ComputerThing  # CKS003

task = types.ComputerUseTask()
other = types.ComputerUse()  # CKS003
