from openai import AsyncOpenAI
from openai.resources.beta.chatkit import AsyncChatKit, Sessions
from openai.resources.beta.chatkit import Store  # CKS003
from openai.types.beta import ChatSessionWorkflowParam
from openai.types.beta.chatkit import ChatSession, ThreadListParams
from openai.types.beta.chatkit import ThreadMetadata  # CKS003
import openai.resources.beta.chatkit
