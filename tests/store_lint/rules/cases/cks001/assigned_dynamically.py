from chatkit.store import AttachmentStore, Store


async def _none(*_args): ...


class ByLocals(AttachmentStore):
    locals()["delete_attachment"] = _none


class ByLoop(Store):
    for _name in Store.__abstractmethods__:
        vars()[_name] = _none


class ByExec(AttachmentStore):
    exec("async def delete_attachment(self, attachment_id, context): ...")


class InAMethod(AttachmentStore):  # CKS001
    def prepare(self):
        vars(self)["delete_attachment"] = _none
