"""The words of javac and the Java runtime."""

from __future__ import annotations

from kcoder.failures import Cause, Failure

IMPORT = Failure.IMPORT
NAME = Failure.NAME
RUNTIME = Failure.RUNTIME
SYNTAX = Failure.SYNTAX
TYPE = Failure.TYPE

JAVA: tuple[Cause, ...] = (
    (r"(?:'[;,]'|';') expected", SYNTAX, "missing semicolon"),
    (r"reached end of file while parsing", SYNTAX, "unclosed brace"),
    (r"'[)\]}>]'(?: or ',')? expected", SYNTAX, "unclosed bracket"),
    (r"unclosed (?:string|character|comment|text block)", SYNTAX, "unclosed text"),
    (r"class, interface, enum, or record expected", SYNTAX, "code outside of a class"),
    (r"invalid method declaration", SYNTAX, "missing return type"),
    (
        r"illegal start|not a statement|orphaned|expected|illegal character|without|should not",
        SYNTAX,
        "misplaced words",
    ),
    (r"package \S+ does not exist", IMPORT, "unknown package"),
    (r"cannot find symbol: +class", IMPORT, "unknown type"),
    (r"cannot find symbol: +(?:method|constructor)", NAME, "unknown method"),
    (r"cannot find symbol", NAME, "unknown variable"),
    (r"missing return statement", TYPE, "missing return"),
    (r"might not have been initialized", TYPE, "uninitialised variable"),
    (r"might already have been assigned|cannot assign a value to final|effectively final", TYPE, "changed constant"),
    (r"unreported exception", TYPE, "unhandled exception"),
    (r"unreachable statement", TYPE, "unreachable code"),
    (r"already defined|duplicate class", NAME, "defined twice"),
    (r"cannot be applied to|no suitable|method .* in class .* cannot", TYPE, "wrong arguments"),
    (r"non-static .* cannot be referenced", TYPE, "instance needed"),
    (r"has (?:private|protected) access|is not public", NAME, "not visible"),
    (
        r"incompatible types|bad operand|incomparable|unexpected type|cannot be dereferenced|inconvertible",
        TYPE,
        "type mismatch",
    ),
    (r"NullPointerException", RUNTIME, "nothing where a value was due"),
    (r"IndexOutOfBounds", RUNTIME, "index out of range"),
    (r"ArithmeticException: / by zero", RUNTIME, "division by zero"),
    (r"StackOverflowError", RUNTIME, "endless recursion"),
    (r"ClassCastException", RUNTIME, "type mismatch"),
    (r"NumberFormatException", RUNTIME, "not a number"),
)
