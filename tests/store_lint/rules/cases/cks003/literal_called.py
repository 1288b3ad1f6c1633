from chatkit.types import FeedbackKind
from chatkit.widgets import Text
from chatkit.icons import VendorIconName

one = FeedbackKind("positive")  # CKS003
two = isinstance("positive", FeedbackKind)  # CKS003
three = VendorIconName("vendor:x")
four = Text(value="hi")
