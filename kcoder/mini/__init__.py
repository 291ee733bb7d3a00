"""Small made functions over numbers, strings and words, to learn from and to be tested on.

Read `function.py` first (what a function is, in no language), then `families.py` (which there are). A new
language is one file like `lua.py` and one line in `writers.py`.
"""
