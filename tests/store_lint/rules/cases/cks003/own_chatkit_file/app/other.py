# A file of that name that does not stand above is not what is imported.
from chatkit import endpoint  # CKS003

print(endpoint)
