"""The words of CPython."""

from __future__ import annotations

from kcoder.failures import Cause, Failure

IMPORT = Failure.IMPORT
NAME = Failure.NAME
RUNTIME = Failure.RUNTIME
SYNTAX = Failure.SYNTAX

PYTHON: tuple[Cause, ...] = (
    (r"was never closed|unexpected EOF|expected ':'", SYNTAX, "unclosed bracket"),
    (r"unterminated|EOL while scanning", SYNTAX, "unclosed text"),
    (r"IndentationError|TabError|unindent|expected an indented block", SYNTAX, "indentation"),
    (r"SyntaxError|RecursionError: .*compil|source code (?:string|cannot)", SYNTAX, "misplaced words"),
    (r"ModuleNotFoundError|ImportError", IMPORT, "unknown module"),
    (
        r"NameError: name '(?:math|re|sys|os|np|numpy|itertools|functools|collections|random|string|datetime"
        r"|heapq|bisect|copy|json"
        r"|Counter|defaultdict|deque|reduce|sqrt|List|Dict|Tuple|Optional|Set|Any|Union)'",
        IMPORT,
        "missing import",
    ),
    (r"UnboundLocalError", NAME, "used before it is defined"),
    (r"NameError", NAME, "unknown name"),
    (r"AttributeError: .*'NoneType'|TypeError: .*'NoneType'", RUNTIME, "nothing where a value was due"),
    (r"AttributeError", RUNTIME, "unknown member"),
    (r"IndexError", RUNTIME, "index out of range"),
    (r"KeyError", RUNTIME, "unknown key"),
    (r"ZeroDivisionError", RUNTIME, "division by zero"),
    (r"RecursionError", RUNTIME, "endless recursion"),
    (r"TypeError: .*argument", RUNTIME, "wrong arguments"),
    (r"TypeError", RUNTIME, "type mismatch"),
    (r"\b(\w*(?:Error|Exception|Iteration))\b", RUNTIME, ""),
)
