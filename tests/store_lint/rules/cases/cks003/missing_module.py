from chatkit.models import ThreadMetadata  # CKS003
from chatkit.types.thread import ThreadItem  # CKS003
import chatkit.stores  # CKS003
import chatkit.types.ThreadMetadata  # CKS003
import chatkit.types
import chatkit
import chatkit.store as st
from chatkit.exceptions import NotFoundError  # CKS003
