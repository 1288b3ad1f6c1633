"""Production ChatKit stores: one module an engine, and `shared` for what they have in common.

Import the engine that you use, as in `from reference_stores.sqlite import SQLiteStore`: importing this
package alone imports no driver.
"""
