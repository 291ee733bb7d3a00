"""What javascript says of programs with one fault each, and what is understood of it."""

from faults import IMPORT, NAME, RUNTIME, SYNTAX, wrong

FAULTS = [
    ("function f(n) {\n  return n +;\n}\n", SYNTAX, "misplaced words", 2),
    ("function f(n) {\n  return (n;\n", SYNTAX, "misplaced words", 2),
    ("function f(n) {\n  return m;\n}\n", NAME, "unknown name", 2),
    ("const x = require('none');\nfunction f(n) {\n  return n;\n}\n", IMPORT, "unknown module", None),
    ("function f(n) {\n  return n.a.b;\n}\n", RUNTIME, "nothing where a value was due", 2),
    ("function f(n) {\n  return n.g();\n}\n", RUNTIME, "unknown method", 2),
    ("function f(n) {\n  return f(n);\n}\n", RUNTIME, "endless recursion", None),
]


def test_a_fault_is_told_by_failure_cause_and_line():
    assert wrong("javascript", FAULTS) == []
