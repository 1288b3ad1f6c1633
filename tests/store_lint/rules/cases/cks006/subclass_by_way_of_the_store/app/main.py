from app.server import Server
from app.store import OwnedStore

server = Server(OwnedStore())
