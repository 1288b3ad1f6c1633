TABLES = [
    "CREATE TABLE IF NOT EXISTS notes ("
    "id TEXT PRIMARY KEY, "
    "size INTEGER)"
]
