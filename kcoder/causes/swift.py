"""The words of swift-frontend and the Swift runtime."""

from __future__ import annotations

from kcoder.failures import Cause, Failure

IMPORT = Failure.IMPORT
NAME = Failure.NAME
RUNTIME = Failure.RUNTIME
SYNTAX = Failure.SYNTAX
TYPE = Failure.TYPE

SWIFT: tuple[Cause, ...] = (
    (r"expected '}'|expected '\)'|expected '\]'", SYNTAX, "unclosed brace"),
    (r"unterminated", SYNTAX, "unclosed text"),
    (r"must be separated by ';'", SYNTAX, "missing semicolon"),
    (
        r"\bexpected (?!to return)|extraneous|\bunexpected |consecutive|expressions are not allowed|invalid character",
        SYNTAX,
        "misplaced words",
    ),
    (r"no such module", IMPORT, "unknown module"),
    (
        r"cannot find '(?:sqrt|pow|floor|ceil|round|sin|cos|log|fmod|abs|exp|NS\w+|\w*Formatter|CharacterSet"
        r"|Date|Data|UUID|Decimal)'"
        r" in scope",
        IMPORT,
        "missing import",
    ),
    (r"cannot find type", NAME, "unknown type"),
    (r"cannot find", NAME, "unknown name"),
    (
        r"has no member|has no dynamic member|has no subscripts|no exact matches in (?:call|reference) to .*member",
        NAME,
        "unknown member",
    ),
    (r"invalid redeclaration|ambiguous", NAME, "defined twice"),
    (r"is inaccessible|is unavailable", NAME, "not visible"),
    (r"missing return", TYPE, "missing return"),
    (r"immutable value|is a 'let' constant|is immutable|cannot assign|cannot use mutating", TYPE, "changed constant"),
    (r"used before being initialized|variable .* was never initialized", TYPE, "uninitialised variable"),
    (r"must be unwrapped|optional type|cannot force unwrap|non-optional", TYPE, "optional not unwrapped"),
    (r"missing argument|extra argument|incorrect argument|argument label|no exact matches", TYPE, "wrong arguments"),
    (r"must be exhaustive", TYPE, "missing case"),
    (r"errors thrown from here|call can throw", TYPE, "unhandled error"),
    (r"unable to type-check", TYPE, "too complex"),
    (
        r"cannot convert|cannot be applied|mismatching|requires that|does not conform|cannot be used"
        r"|cannot subscript|unable to infer"
        r"|could not be inferred|not convertible|cannot infer|conflicting|result of",
        TYPE,
        "type mismatch",
    ),
    (r"[Ii]ndex (?:is )?out of (?:range|bounds)|out of bounds", RUNTIME, "index out of range"),
    (r"Unexpectedly found nil", RUNTIME, "nothing where a value was due"),
    (r"[Dd]ivision by zero", RUNTIME, "division by zero"),
    (r"overflow|Not enough bits", RUNTIME, "overflow"),
    (r"Can't form Range", RUNTIME, "range upside down"),
    (r"Can't remove|from an empty collection", RUNTIME, "index out of range"),
)
