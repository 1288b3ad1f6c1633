from stores import BaseFiles, Deleting
from stores import base as base_module


class Lacks(BaseFiles):  # CKS001
    pass


class LacksToo(base_module.BaseFiles):  # CKS001
    pass


class MixedIn(Deleting, BaseFiles):
    pass


class MixedInBehind(BaseFiles, Deleting):  # CKS001
    pass


class Defines(BaseFiles):
    async def delete_attachment(self, attachment_id, context): ...
