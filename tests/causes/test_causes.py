"""Programs with one fault each, as every compiler and runtime names it: failure, cause and line."""

import pytest

from kcoder.errors import KcoderError
from kcoder.executor import Job
from kcoder.executors.sandbox import Sandbox
from kcoder.failures import Failure, failure
from kcoder.host import Host
from kcoder.isolation.proof import proven
from kcoder.plugin import load

LEVEL = "namespaces"
SYNTAX, TYPE, NAME, IMPORT, RUNTIME = Failure.SYNTAX, Failure.TYPE, Failure.NAME, Failure.IMPORT, Failure.RUNTIME


def java(body, imports=""):
    return f"{imports}class Problem {{\n    public static long f(long n) {{\n{body}\n    }}\n}}\n"


FAULTS = {
    "java": [
        (java("        long m = n\n        return m;"), SYNTAX, "missing semicolon", 3),
        (java("        return n;\n    }\n}\nint m;\n{{"), SYNTAX, "code outside of a class", 6),
        (java('        String s = "a;\n        return n;'), SYNTAX, "unclosed text", 3),
        (java("        if (n > 0) { return n; }"), TYPE, "missing return", 4),
        (java("        return m;"), NAME, "unknown variable", 3),
        (java("        return g(n);"), NAME, "unknown method", 3),
        (java("        List<Long> all = null;\n        return n;"), IMPORT, "unknown type", 3),
        (java("        return n;", "import com.none.*;\n"), IMPORT, "unknown package", 1),
        (java('        int m = "a";\n        return m;'), TYPE, "type mismatch", 3),
        (java("        long[] a = new long[1];\n        return a[(int) n + 3];"), RUNTIME, "index out of range", 4),
        (java("        String s = null;\n        return s.length();"), RUNTIME, "nothing where a value was due", 4),
        (java("        return n / 0;"), RUNTIME, "division by zero", 3),
    ],
    "cpp": [
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
    ],
    "go": [
        ('package main\n\nimport "strings"\n\nfunc f(n int) int {\n\treturn n\n}\n', IMPORT, "unused import", 3),
        ("package main\n\nfunc f(n int) int {\n\tm := 1\n\treturn n\n}\n", NAME, "unused variable", 4),
        ("package main\n\nfunc f(n int) int {\n\treturn m\n}\n", NAME, "unknown name", 4),
        ('package main\n\nfunc f(n int) int {\n\treturn strings.Index("a", "b")\n}\n', IMPORT, "missing import", 4),
        ("package main\n\nfunc f(n int) int {\n\tif n > 0 {\n\t\treturn 1\n\t}\n}\n", TYPE, "missing return", 7),
        ('package main\n\nfunc f(n int) int {\n\treturn "a"\n}\n', TYPE, "type mismatch", 4),
        ("package main\n\nfunc f(n int) int {\n\treturn []int{1}[n+3]\n}\n", RUNTIME, "index out of range", None),
    ],
    "rust": [
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
    ],
    "swift": [
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
    ],
    "javascript": [
        ("function f(n) {\n  return n +;\n}\n", SYNTAX, "misplaced words", 2),
        ("function f(n) {\n  return (n;\n", SYNTAX, "misplaced words", 2),
        ("function f(n) {\n  return m;\n}\n", NAME, "unknown name", 2),
        ("const x = require('none');\nfunction f(n) {\n  return n;\n}\n", IMPORT, "unknown module", None),
        ("function f(n) {\n  return n.a.b;\n}\n", RUNTIME, "nothing where a value was due", 2),
        ("function f(n) {\n  return n.g();\n}\n", RUNTIME, "unknown method", 2),
        ("function f(n) {\n  return f(n);\n}\n", RUNTIME, "endless recursion", None),
    ],
    "typescript": [
        ("function f(n: number): number {\n  return m;\n}\n", NAME, "unknown name", 2),
        ('function f(n: number): number {\n  return "a";\n}\n', TYPE, "type mismatch", 2),
        ("function f(n: number): number {\n  return n.g();\n}\n", NAME, "unknown member", 2),
        ("function f(n: number): number {\n  let m = (n;\n  return m;\n}\n", SYNTAX, "unclosed brace", 2),
        ("function f(n: number): number {\n}\n", TYPE, "missing return", 1),
    ],
    "ruby": [
        ("def f(n)\n  if n > 0\n    1\nend\n", SYNTAX, "unclosed brace", 4),
        ("def f(n)\n  m\nend\n", NAME, "unknown name", 2),
        ("def f(n)\n  n.g\nend\n", RUNTIME, "unknown method", 2),
        ("def f(n)\n  nil + n\nend\n", RUNTIME, "nothing where a value was due", 2),
        ("def f(n)\n  Nothing.new\nend\n", NAME, "unknown type", 2),
        ("require 'none'\ndef f(n)\n  n\nend\n", IMPORT, "unknown module", 1),
        ("def f(n)\n  n / 0\nend\n", RUNTIME, "division by zero", 2),
        ("def f(n)\n  raise ArgumentError, 'no'\nend\n", RUNTIME, "ArgumentError", 2),
    ],
    "python": [
        ("def f(n):\n    return (n\n", SYNTAX, "unclosed bracket", 2),
        ("def f(n):\nreturn n\n", SYNTAX, "indentation", 2),
        ("def f(n):\n    return m\n", NAME, "unknown name", 2),
        ("def f(n):\n    return math.sqrt(n)\n", IMPORT, "missing import", 2),
        ("import none\ndef f(n):\n    return n\n", IMPORT, "unknown module", 1),
        ("def f(n):\n    return [1][n + 3]\n", RUNTIME, "index out of range", 2),
        ("def f(n):\n    return None + n\n", RUNTIME, "nothing where a value was due", 2),
        ("def f(n):\n    raise ArithmeticError('no')\n", RUNTIME, "ArithmeticError", 2),
    ],
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_told_by_failure_cause_and_line(name):
    language = load("languages", name)
    if why := proven(LEVEL):
        pytest.skip(f"{LEVEL} does not hold here: {why}")
    try:
        language.version()
    except KcoderError as error:
        pytest.skip(f"{error.message}: {error.hint}")
    asked = language.calls("f", [((1,), 2)])
    jobs = [Job(str(number), language, row[0], "f", asked) for number, row in enumerate(FAULTS[name])]
    with Sandbox().open(Host(workers=2, sandbox=LEVEL)) as execute:
        judged = {each.id: each for each in execute(jobs)}
    wrong = []
    for number, (code, kind, cause, line) in enumerate(FAULTS[name]):
        found = judged[str(number)]
        told = failure(found.verdict, found.detail, language.causes)
        if told is None or (told.failure, told.cause, told.line) != (kind, cause, told.line if line is None else line):
            wrong.append((code, found.detail, told))
    assert not wrong, "\n".join(map(str, wrong))
