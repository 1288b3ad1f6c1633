import chatkit
import chatkit.server as server
import chatkit.store
import chatkit.store as st
from chatkit import store
from chatkit.server import Store as FromServer
from chatkit.store import AttachmentStore as Files

Base = Files
Typed = Files[dict]
Annotated: type[Files] = Files


class A(chatkit.store.AttachmentStore):  # CKS001
    pass


class B(st.AttachmentStore["Context"]):  # CKS001
    pass


class C(store.AttachmentStore[None]):  # CKS001
    pass


class D(FromServer):  # CKS001
    pass


class E(server.Store[dict[str, object]]):  # CKS001
    pass


class F(Base):  # CKS001
    pass


class G(Typed):  # CKS001
    pass


class H(Annotated):  # CKS001
    pass


class Fine(Typed):
    async def delete_attachment(self, attachment_id, context): ...
