from chatkit.models import *  # CKS003
from openai_chatkit import *  # CKS003
