"""What typescript says of programs with one fault each, and what is understood of it."""

from faults import NAME, SYNTAX, TYPE, wrong

FAULTS = [
    ("function f(n: number): number {\n  return m;\n}\n", NAME, "unknown name", 2),
    ('function f(n: number): number {\n  return "a";\n}\n', TYPE, "type mismatch", 2),
    ("function f(n: number): number {\n  return n.g();\n}\n", NAME, "unknown member", 2),
    ("function f(n: number): number {\n  let m = (n;\n  return m;\n}\n", SYNTAX, "unclosed brace", 2),
    ("function f(n: number): number {\n}\n", TYPE, "missing return", 1),
]


def test_a_fault_is_told_by_failure_cause_and_line():
    assert wrong("typescript", FAULTS) == []
