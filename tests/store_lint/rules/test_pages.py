"""The rule pages are tests: each example is checked, and each does what the page says of it.

# The page of a rule, skill/rules/CKS001.md

    # CKS001 missing-abstract-method

    The rule's one-line summary.

    ## What it does
    ## Why it is bad           what happens at run time, with the real exception text
    ## Wrong and right         the examples, in pairs, a sentence before each
    ## How to fix
    ## Options                 "None." where there are none
    ## Limits                  what the rule does not see, and stays silent about

The title is the id and the name, the sections are these, in this order, none left out. Short: the
reader is often an agent that pays for every line.

# An example is a fenced block

Its info string starts with `python wrong` or `python right`. A block without either (```python,
```text, ```console) is shown only. More words may follow:

    chatkit=1.4.0     check against that release; run only where it is installed
    guess-settings    check with that option
    needs=postgres    run only where a server is told by PGHOST
    needs=asyncpg     (any other word) run only where that module is installed

`# file: src/config.py`, alone on a line, begins a file of the example; without one the block is the
file example.py. The whole block is one tree, and the last file is what gets executed, with the
tree's root and its `src` folder (if files stand in one) on sys.path. (`__init__.py` need not be
written down.)

# What an example promises stands in comments in it

    class Store(...):  # CKS001               exactly this finding begins on this line; a wrong
    part = X()  # CKS003, CKS006: why         example has one or more, a right one none. The page's
    rows = []  # CKS005 warning               rule alone is selected. Text may follow a colon.

    # raises: TypeError: Can't instantiate … delete_thread_item …
                          running it ends in this exception; `…` stands for any text, and the
                          message is compared from its beginning
    # prints: None        running it prints this line (one comment a line, in this order)
    # pyright: Argument of type …
                          pyright (strict) reports this, on any line of the example
    # reason: …           nothing can be shown by running it; why it is a finding all the same

A wrong example has at least one `raises`, `prints`, `pyright` or `reason`. A right example runs to
its end (and prints what it says, if it says). They stand on lines of their own or behind code.
"""
