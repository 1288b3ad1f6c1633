"""Stores that are broken on purpose: what each case of the contract is worth."""
