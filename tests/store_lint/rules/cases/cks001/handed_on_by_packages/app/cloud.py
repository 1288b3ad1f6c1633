from . import api


class Cloud(api.FileStore):  # CKS001
    pass
