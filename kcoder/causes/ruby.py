"""The words of ruby."""

from __future__ import annotations

from kcoder.failures import Cause, Failure

IMPORT = Failure.IMPORT
NAME = Failure.NAME
RUNTIME = Failure.RUNTIME
SYNTAX = Failure.SYNTAX

RUBY: tuple[Cause, ...] = (
    (r"unexpected end-of-input|unexpected `?end'?-of|expecting `?end", SYNTAX, "unclosed brace"),
    (r"unterminated", SYNTAX, "unclosed text"),
    (r"SyntaxError|syntax error", SYNTAX, "misplaced words"),
    (r"LoadError|cannot load such file", IMPORT, "unknown module"),
    (r"uninitialized constant", NAME, "unknown type"),
    (r"NoMethodError: .*for nil|for nil:NilClass", RUNTIME, "nothing where a value was due"),
    (r"NoMethodError", RUNTIME, "unknown method"),
    (r"NameError", NAME, "unknown name"),
    (r"ArgumentError: wrong number", RUNTIME, "wrong arguments"),
    (r"FrozenError", RUNTIME, "changed constant"),
    (r"ZeroDivisionError", RUNTIME, "division by zero"),
    (r"SystemStackError|stack level too deep", RUNTIME, "endless recursion"),
    (r"IndexError|KeyError", RUNTIME, "index out of range"),
    (r"\b(\w*(?:Error|Exception))\b", RUNTIME, ""),
)
