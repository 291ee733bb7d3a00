"""What rust says of programs with one fault each, and what is understood of it."""

from faults import IMPORT, NAME, RUNTIME, SYNTAX, TYPE, wrong

FAULTS = [
    ("fn f(n: i64) -> i64 {\n    let m = n\n    m\n}\n", SYNTAX, "missing semicolon", 2),
    ("fn f(n: i64) -> i64 {\n    m\n}\n", NAME, "unknown name", 2),
    ("fn f(n: i64) -> i64 {\n    let m: HashMap<i64, i64>;\n    n\n}\n", IMPORT, "unknown type", 2),
    ("use none::Thing;\nfn f(n: i64) -> i64 {\n    Thing::new(n)\n}\n", IMPORT, "unknown module", 1),
    ('fn f(n: i64) -> i64 {\n    "a"\n}\n', TYPE, "type mismatch", 2),
    (
        "fn f(n: i64) -> i64 {\n    let s = String::new();\n    drop(s);\n    drop(s);\n    n\n}\n",
        TYPE,
        "moved value",
        4,
    ),
    ("fn f(n: i64) -> i64 {\n    let m = n;\n    m += 1;\n    m\n}\n", TYPE, "changed constant", 3),
    ("fn f(n: i64) -> i64 {\n    vec![1i64][n as usize + 3]\n}\n", RUNTIME, "index out of range", None),
    ("fn f(n: i64) -> i64 {\n    None::<i64>.unwrap() + n\n}\n", RUNTIME, "nothing where a value was due", None),
]


def test_a_fault_is_told_by_failure_cause_and_line():
    assert wrong("rust", FAULTS) == []
