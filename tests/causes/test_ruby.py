"""What ruby says of programs with one fault each, and what is understood of it."""

from faults import IMPORT, NAME, RUNTIME, SYNTAX, wrong

FAULTS = [
    ("def f(n)\n  if n > 0\n    1\nend\n", SYNTAX, "unclosed brace", 4),
    ("def f(n)\n  m\nend\n", NAME, "unknown name", 2),
    ("def f(n)\n  n.g\nend\n", RUNTIME, "unknown method", 2),
    ("def f(n)\n  nil + n\nend\n", RUNTIME, "nothing where a value was due", 2),
    ("def f(n)\n  Nothing.new\nend\n", NAME, "unknown type", 2),
    ("require 'none'\ndef f(n)\n  n\nend\n", IMPORT, "unknown module", 1),
    ("def f(n)\n  n / 0\nend\n", RUNTIME, "division by zero", 2),
    ("def f(n)\n  raise ArgumentError, 'no'\nend\n", RUNTIME, "ArgumentError", 2),
]


def test_a_fault_is_told_by_failure_cause_and_line():
    assert wrong("ruby", FAULTS) == []
