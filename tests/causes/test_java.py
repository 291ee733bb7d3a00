"""What java says of programs with one fault each, and what is understood of it."""

from faults import IMPORT, NAME, RUNTIME, SYNTAX, TYPE, wrong


def java(body, imports=""):
    return f"{imports}class Problem {{\n    public static long f(long n) {{\n{body}\n    }}\n}}\n"


FAULTS = [
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
]


def test_a_fault_is_told_by_failure_cause_and_line():
    assert wrong("java", FAULTS) == []
