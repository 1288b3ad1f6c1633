endpoint = {}
