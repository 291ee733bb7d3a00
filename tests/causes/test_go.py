"""What go says of programs with one fault each, and what is understood of it."""

from faults import IMPORT, NAME, RUNTIME, TYPE, wrong

FAULTS = [
    ('package main\n\nimport "strings"\n\nfunc f(n int) int {\n\treturn n\n}\n', IMPORT, "unused import", 3),
    ("package main\n\nfunc f(n int) int {\n\tm := 1\n\treturn n\n}\n", NAME, "unused variable", 4),
    ("package main\n\nfunc f(n int) int {\n\treturn m\n}\n", NAME, "unknown name", 4),
    ('package main\n\nfunc f(n int) int {\n\treturn strings.Index("a", "b")\n}\n', IMPORT, "missing import", 4),
    ("package main\n\nfunc f(n int) int {\n\tif n > 0 {\n\t\treturn 1\n\t}\n}\n", TYPE, "missing return", 7),
    ('package main\n\nfunc f(n int) int {\n\treturn "a"\n}\n', TYPE, "type mismatch", 4),
    ("package main\n\nfunc f(n int) int {\n\treturn []int{1}[n+3]\n}\n", RUNTIME, "index out of range", None),
]


def test_a_fault_is_told_by_failure_cause_and_line():
    assert wrong("go", FAULTS) == []
