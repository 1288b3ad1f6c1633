import openai_chatkit  # CKS003
import openai_chatkit.types as types  # CKS003
from openai_chatkit import Store  # CKS003
from openai_chatkit.types import ThreadMetadata  # CKS003
from openai.chatkit import Page  # CKS003
from openai import chatkit  # CKS003
