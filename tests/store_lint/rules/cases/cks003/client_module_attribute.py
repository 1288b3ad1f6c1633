import openai.resources.beta.chatkit as ck
from openai.resources.beta import chatkit


class One(ck.Store):  # CKS003
    pass


def client(openai):
    return chatkit.AsyncChatKit(openai), ck.Sessions(openai), chatkit.ThreadMetadata  # CKS003
