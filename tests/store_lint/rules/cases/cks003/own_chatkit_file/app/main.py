from chatkit import route  # CKS003
from chatkit import router

print(route, router)
