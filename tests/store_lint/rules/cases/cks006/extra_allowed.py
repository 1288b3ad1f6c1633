from chatkit.widgets import BasicRoot, Card, Text

root = BasicRoot(children=[], theme="dark", anything=1)
root.anything
Card(children=[], colour="red")  # CKS006
Text(value="x", colour="red")  # CKS006
Text(value="x", color="red")
