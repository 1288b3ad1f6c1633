# what a chatkit store holds
import kinds
from kinds import ThreadItem, UserMessageItem


def load(row):
    one = ThreadItem(**row)  # CKS003
    two = UserMessageItem(id="1", content="hi")  # CKS003
    three = kinds.ThreadItem.model_validate(row)  # CKS003
    return one, two, three, UserMessageItem(**row)
