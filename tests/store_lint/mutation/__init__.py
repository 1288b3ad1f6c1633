"""Correct stores, and what is made of them: the error in 20 shapes a rule, and 20 harmless twins.

`correct/<name>/` holds small, correct applications (a configuration, a store, a main module) on
asyncpg, aiosqlite and plain memory. `cks001.py`, `cks002.py`, … say what is done to them:

    from tests.store_lint.mutation.model import Mutations, Tree

    CKS001 = Mutations("CKS001")

    @CKS001.wrong()                                  # on each of the correct trees
    def method_left_out(tree: Tree) -> None:
        tree.drop_method("delete_thread_item")

    @CKS001.wrong(on="postgres", findings=2)         # on this one (or on=("a", "b")); two findings
    def ...

    @CKS001.harmless()
    def method_in_a_mixin(tree: Tree) -> None:
        ...

A mutation gets a `Tree` and changes its texts: `swap(old, new)` in the store's file (`old` must
stand there exactly once, or `count` times; `file=` names another file), `drop_method(name)`,
`append(text)`, `add(file, text)`; `tree.store`, `tree.config`, `tree.main` are the paths of its
files, `tree.cls` the name of its store class. The function's name is the variant's name, its
docstring says what the shape is where the name does not.

test_mutations.py runs all rules over each variant: a wrong one must give exactly its findings, all of
that rule; a harmless one nothing at all. Each rule needs 20 of both (a variant is a mutation on a
tree), made by at least 10 different mutations of both sorts.

`Mutations("CKS001", raises=TypeError)`: each variant is executed as well (its main module is imported
and `main()` called, where its driver is installed): the wrong ones end in that exception, the
harmless ones run. A mutation says `runs=False` where that does not hold, `raises=OtherError` where
another one is due, `raises=Silent` (from model) where nothing is raised and something is lost. The
PostgreSQL tree runs whole where there is a server (tests/servers/postgres.py), else up to its first
connection.
"""
