"""The words of node."""

from __future__ import annotations

from kcoder.failures import Cause, Failure

IMPORT = Failure.IMPORT
NAME = Failure.NAME
RUNTIME = Failure.RUNTIME
SYNTAX = Failure.SYNTAX

NODE: tuple[Cause, ...] = (
    (r"SyntaxError: (?:Unexpected end of input|missing \) )", SYNTAX, "unclosed brace"),
    (r"SyntaxError: (?:Unterminated|Invalid or unexpected token|Invalid regular)", SYNTAX, "unclosed text"),
    (r"SyntaxError: .*already been declared", NAME, "defined twice"),
    (r"SyntaxError", SYNTAX, "misplaced words"),
    (r"Cannot find module|ERR_MODULE_NOT_FOUND|require is not defined", IMPORT, "unknown module"),
    (r"ReferenceError: .*before initialization", NAME, "used before it is defined"),
    (r"ReferenceError", NAME, "unknown name"),
    (r"TypeError: Assignment to constant", RUNTIME, "changed constant"),
    (r"TypeError: .*(?:of undefined|of null)", RUNTIME, "nothing where a value was due"),
    (r"TypeError: .*is not a function", RUNTIME, "unknown method"),
    (r"RangeError: Maximum call stack", RUNTIME, "endless recursion"),
    (r"\b(\w*Error)\b", RUNTIME, ""),
)
