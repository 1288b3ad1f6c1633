from app.stores import FileStore
