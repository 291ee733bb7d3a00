"""The words of Lua's compiler and runtime, and what they mean."""

from __future__ import annotations

from kcoder.failures import Cause, Failure

CAUSES: tuple[Cause, ...] = (
    (r"unfinished (?:string|long)", Failure.SYNTAX, "unclosed text"),
    (r"'end' expected|near <eof>|'\)' expected|'}' expected", Failure.SYNTAX, "unclosed block"),
    (r"build failed|unexpected symbol|expected near|malformed number|syntax error", Failure.SYNTAX, "misplaced words"),
    (r"module '\S+' not found", Failure.IMPORT, "unknown module"),
    (r"attempt to call a nil value \(global", Failure.NAME, "unknown function"),
    (r"attempt to call a nil value", Failure.RUNTIME, "unknown method"),
    (r"attempt to index a nil|on a nil value|nil value", Failure.RUNTIME, "nothing where a value was due"),
    (r"attempt to (?:index|call|compare|concatenate|perform arithmetic)", Failure.RUNTIME, "type mismatch"),
    (r"bad argument", Failure.RUNTIME, "wrong arguments"),
    (r"stack overflow", Failure.RUNTIME, "endless recursion"),
    (r"attempt to perform 'n(?://|%%)0'|divide by zero", Failure.RUNTIME, "division by zero"),
)
