"""A chatkit store that database.py is given to, without an import."""
