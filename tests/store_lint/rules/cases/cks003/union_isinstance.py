from typing import Union, get_args

from chatkit.types import (
    AssistantMessageItem,
    Attachment,
    StreamingReq,
    ThreadItem,
    ThreadItemUpdate,
    UserMessageContent,
    UserMessageItem,
    WorkflowSummary,
)

KINDS = (str, ThreadItem)


def kind(thing):
    if isinstance(thing, ThreadItem):  # CKS003
        return 1
    if isinstance(thing, (UserMessageItem, Attachment)):  # CKS003
        return 2
    if isinstance(thing, (UserMessageItem, (str, UserMessageContent))):  # CKS003
        return 3
    if isinstance(thing, UserMessageItem | ThreadItem):  # CKS003
        return 4
    if isinstance(thing, Union[str, ThreadItem]):  # CKS003
        return 5
    if issubclass(thing, ThreadItem):  # CKS003
        return 6
    if isinstance(thing, KINDS):  # CKS003
        return 7
    if isinstance(thing, ThreadItemUpdate) or isinstance(thing, (StreamingReq, WorkflowSummary)):
        return 8
    if isinstance(thing, (UserMessageItem, AssistantMessageItem)):
        return 9
    if isinstance(thing, UserMessageItem | AssistantMessageItem):
        return 10
    if isinstance(thing, get_args(ThreadItem)[0]) or isinstance(thing, ThreadItem.__origin__):
        return 11
    return isinstance(thing, list) and all(isinstance(part, Attachment) for part in thing)  # CKS003
