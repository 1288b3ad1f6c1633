"""`store-import`: conversations from elsewhere into a store, through its public methods.

`sources` reads (tables of openai-chatkit's samples, any store, JSON lines), `copying` writes and reads
back. What is there already stays as it is, so an import may be stopped, and run again.
"""
