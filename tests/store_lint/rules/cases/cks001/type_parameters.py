from chatkit.store import AttachmentStore

type Context = dict[str, object]


class Lacks[T](AttachmentStore[T]):  # CKS001
    pass


class Bounded[T: (int, str)](AttachmentStore[T]):
    async def delete_attachment(self, attachment_id: str, context: T) -> None: ...


class FromGeneric(Bounded[int]):
    pass


class Aliased(AttachmentStore[Context]):  # CKS001
    pass
