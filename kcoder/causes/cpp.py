"""The words of g++ and clang++, and the C++ runtime."""

from __future__ import annotations

from kcoder.failures import Cause, Failure

IMPORT = Failure.IMPORT
NAME = Failure.NAME
RUNTIME = Failure.RUNTIME
SYNTAX = Failure.SYNTAX
TYPE = Failure.TYPE

CPP: tuple[Cause, ...] = (
    (r"expected (?:[‘'],[’'] or )?[‘'];[’']", SYNTAX, "missing semicolon"),
    (r"expected [‘']}|at end of input", SYNTAX, "unclosed brace"),
    (r"expected [‘'][)\]]", SYNTAX, "unclosed bracket"),
    (r"missing terminating|unterminated", SYNTAX, "unclosed text"),
    (
        r"has not been declared|does not name a type|is not a (?:member|class|template)",
        IMPORT,
        "unknown type",
    ),
    (r"No such file", IMPORT, "unknown header"),
    (
        r"[‘'](?:std::)?(?:vector|map|set|string|unordered_\w+|pair|tuple|optional|sort|accumulate|c(?:out|in|err)|stringstream"
        r"|INT_M\w+|sqrt|pow|abs|regex|priority_queue|queue|stack|deque)[’'] was not declared",
        IMPORT,
        "missing include",
    ),
    (r"(?:use of undeclared|was not declared|undefined reference)", NAME, "unknown name"),
    (r"has no member", NAME, "unknown member"),
    (r"redefinition|redeclaration|conflicting declaration|previously de", NAME, "defined twice"),
    (r"is ambiguous", NAME, "ambiguous name"),
    (r"no matching function|too (?:many|few) arguments|no match for call", TYPE, "wrong arguments"),
    (r"discards qualifiers|read-only|assignment of", TYPE, "changed constant"),
    (r"expected|stray|a function-definition is not allowed|before", SYNTAX, "misplaced words"),
    (
        r"no match for|cannot convert|could not convert|invalid conversion|conversion from|unable to deduce"
        r"|invalid operands"
        r"|deduced|narrowing|invalid use|cannot bind|static assertion|inconsistent|not usable|base operand",
        TYPE,
        "type mismatch",
    ),
    (r"out_of_range|vector::_M_range_check", RUNTIME, "index out of range"),
    (r"invalid_argument", RUNTIME, "not a number"),
    (r"(std::\w+)", RUNTIME, ""),
)
