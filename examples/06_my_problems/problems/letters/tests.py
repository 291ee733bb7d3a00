assert letters("") == {}
assert letters("Anna, 7") == {"a": 2, "n": 2}
assert letters("ÄÄ b") == {"ä": 2, "b": 1}
