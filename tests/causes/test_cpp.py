"""What cpp says of programs with one fault each, and what is understood of it."""

from faults import IMPORT, NAME, RUNTIME, SYNTAX, TYPE, wrong

FAULTS = [
    ("long f(long n) {\n    long m = n\n    return m;\n}\n", SYNTAX, "missing semicolon", 3),
    ("long f(long n) {\n    return m;\n}\n", NAME, "unknown name", 2),
    ("long f(long n) {\n    vector<int> v;\n    return n;\n}\n", IMPORT, "missing include", 2),
    ("#include <nothing>\nlong f(long n) { return n; }\n", IMPORT, "unknown header", 1),
    ('#include <string>\nlong f(long n) {\n    std::string s = n + "a" + "b";\n}\n', TYPE, "type mismatch", 3),
    (
        "#include <vector>\nlong f(long n) { return std::vector<long>().at(n); }\n",
        RUNTIME,
        "index out of range",
        None,
    ),
    ("long f(long n) { return *(long *)n; }\n", RUNTIME, "segmentation fault", None),
]


def test_a_fault_is_told_by_failure_cause_and_line():
    assert wrong("cpp", FAULTS) == []
