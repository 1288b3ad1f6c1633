"""Database servers for the tests: those that the environment names, else throw-away ones."""
