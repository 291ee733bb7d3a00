"""What swift says of programs with one fault each, and what is understood of it."""

from faults import IMPORT, NAME, RUNTIME, TYPE, wrong

FAULTS = [
    ("func f(n: Int) -> Int {\n    return m\n}\n", NAME, "unknown name", 2),
    ("func f(n: Int) -> Int {\n    return Int(sqrt(Double(n)))\n}\n", IMPORT, "missing import", 2),
    ("import Nothing\nfunc f(n: Int) -> Int {\n    return n\n}\n", IMPORT, "unknown module", 1),
    ('func f(n: Int) -> Int {\n    return "a"\n}\n', TYPE, "type mismatch", 2),
    ("func f(n: Int) -> Int {\n    if n > 0 { return 1 }\n}\n", TYPE, "missing return", 3),
    ("func f(n: Int) -> Int {\n    let m: Int? = n\n    return m\n}\n", TYPE, "optional not unwrapped", 3),
    ("func f(n: Int) -> Int {\n    let m = n\n    m += 1\n    return m\n}\n", TYPE, "changed constant", 3),
    ("func f(n: Int) -> Int {\n    return [1][n + 3]\n}\n", RUNTIME, "index out of range", None),
    (
        "func f(n: Int) -> Int {\n    let m: Int? = nil\n    return m!\n}\n",
        RUNTIME,
        "nothing where a value was due",
        3,
    ),
]


def test_a_fault_is_told_by_failure_cause_and_line():
    assert wrong("swift", FAULTS) == []
