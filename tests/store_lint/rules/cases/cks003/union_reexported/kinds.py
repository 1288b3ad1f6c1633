from chatkit.types import Attachment, ThreadItem as Item

Thing = Item
