router = {}
