from chatkit.store import AttachmentStore


class Registered(AttachmentStore):  # abstract: others derive from it
    known = {}
    listed = []

    def __init_subclass__(cls, **kwargs):
        super().__init_subclass__(**kwargs)
        Registered.known[cls.__name__] = cls
        cls.listed.append(cls)


class Disk(Registered):  # CKS001
    pass


class Completing(AttachmentStore):  # abstract: others derive from it
    def __init_subclass__(cls, **kwargs):
        super().__init_subclass__(**kwargs)
        cls.delete_attachment = print


class Completed(Completing):
    pass


class Setting(AttachmentStore):  # abstract: others derive from it
    def __init_subclass__(cls, **kwargs):
        setattr(cls, "delete_" + "attachment", print)


class Set(Setting):
    pass
