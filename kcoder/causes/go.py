"""The words of the Go compiler and runtime."""

from __future__ import annotations

from kcoder.failures import Cause, Failure

IMPORT = Failure.IMPORT
NAME = Failure.NAME
RUNTIME = Failure.RUNTIME
SYNTAX = Failure.SYNTAX
TYPE = Failure.TYPE

GO: tuple[Cause, ...] = (
    (r"imported and not used|imported but not used", IMPORT, "unused import"),
    (r"declared but not used|declared and not used", NAME, "unused variable"),
    (r"newline in string|not terminated", SYNTAX, "unclosed text"),
    (r"unexpected (?:EOF|end of file)", SYNTAX, "unclosed brace"),
    (r"syntax error: unexpected newline", SYNTAX, "unclosed bracket"),
    (r"syntax error|expected|missing function body|non-declaration statement", SYNTAX, "misplaced words"),
    (r"missing return", TYPE, "missing return"),
    (r"redeclared|no new variables", NAME, "defined twice"),
    (r"could not import|is not in (?:GOROOT|std)|cannot find package|no required module", IMPORT, "unknown package"),
    (r"undefined: (?:strings|strconv|math|sort|fmt|unicode|regexp|errors|bytes|time|os)\b", IMPORT, "missing import"),
    (r"undefined \(type|has no field or method|\.\w+ undefined", NAME, "unknown member"),
    (r"undefined:|undefined", NAME, "unknown name"),
    (r"not enough arguments|too many arguments|assignment mismatch", TYPE, "wrong arguments"),
    (
        r"cannot use|mismatched types|cannot convert|invalid operation|cannot (?:range|assign|index)"
        r"|overflows|truncated"
        r"|not used|must be|impossible",
        TYPE,
        "type mismatch",
    ),
    (r"index out of range|slice bounds out of range", RUNTIME, "index out of range"),
    (r"integer divide by zero", RUNTIME, "division by zero"),
    (r"nil pointer|nil map", RUNTIME, "nothing where a value was due"),
    (r"stack overflow|exceeds \d+-byte limit", RUNTIME, "endless recursion"),
    (r"interface conversion", RUNTIME, "type mismatch"),
    (r"deadlock", RUNTIME, "deadlock"),
)
