import chatkit

from . import models
from .models import Thread, fields


def load(row):
    Thread(**fields(row))  # CKS006
    Thread(id="x", created_at=1, owner="me")  # CKS006
    models.make(row).owner  # CKS006
    models.make(row).title
