from openai.resources.beta.chatkit import ThreadItem  # CKS003
from chatkit.models import AssistantMessageContent, UserMessageItem  # CKS003


def load(row):
    return ThreadItem(**row)  # CKS003


def user(text):
    return UserMessageItem(content=[AssistantMessageContent(text=text)])  # CKS003
