from chatkit.store import Page
from chatkit.store import UserMessageItem  # CKS003
from chatkit.types import NotFoundError  # CKS003
from chatkit.types import Store  # CKS003
from chatkit.server import ThreadMetadata
from chatkit import AssistantMessageItem  # CKS003
from chatkit import types
from chatkit.agents import AgentContext, simple_to_agent_input
