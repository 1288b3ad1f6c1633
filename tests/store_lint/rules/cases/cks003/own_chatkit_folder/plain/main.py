from chatkit.types import OnlyHere, ThreadItem  # CKS003
