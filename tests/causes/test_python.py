"""What python says of programs with one fault each, and what is understood of it."""

from faults import IMPORT, NAME, RUNTIME, SYNTAX, wrong

FAULTS = [
    ("def f(n):\n    return (n\n", SYNTAX, "unclosed bracket", 2),
    ("def f(n):\nreturn n\n", SYNTAX, "indentation", 2),
    ("def f(n):\n    return m\n", NAME, "unknown name", 2),
    ("def f(n):\n    return math.sqrt(n)\n", IMPORT, "missing import", 2),
    ("import none\ndef f(n):\n    return n\n", IMPORT, "unknown module", 1),
    ("def f(n):\n    return [1][n + 3]\n", RUNTIME, "index out of range", 2),
    ("def f(n):\n    return None + n\n", RUNTIME, "nothing where a value was due", 2),
    ("def f(n):\n    raise ArithmeticError('no')\n", RUNTIME, "ArithmeticError", 2),
]


def test_a_fault_is_told_by_failure_cause_and_line():
    assert wrong("python", FAULTS) == []
