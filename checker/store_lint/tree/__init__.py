"""What stands where: files, imports, names and their definitions, class hierarchies.

This room knows nothing of chatkit, of rules or of output.
"""
