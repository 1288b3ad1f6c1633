from chatkit.types import ThreadItem, ThreadItemUpdate, UserMessageItem
from pydantic import BaseModel

one = issubclass(ThreadItem, BaseModel)  # CKS003
two = issubclass(ThreadItemUpdate, BaseModel)  # CKS003
three = issubclass(UserMessageItem, BaseModel)
four = issubclass(UserMessageItem, ThreadItemUpdate)
