"""The words of tsc, with its codes; at run time node speaks."""

from __future__ import annotations

from kcoder.causes.node import NODE
from kcoder.failures import Cause, Failure

IMPORT = Failure.IMPORT
NAME = Failure.NAME
SYNTAX = Failure.SYNTAX
TYPE = Failure.TYPE

TYPESCRIPT: tuple[Cause, ...] = (
    (r"'[)\]}]' expected", SYNTAX, "unclosed brace"),
    (r"'[;,]' expected", SYNTAX, "missing semicolon"),
    (r"\(TS1002\)|[Uu]nterminated", SYNTAX, "unclosed text"),
    (r"\(TS1\d{3}\)", SYNTAX, "misplaced words"),
    (r"\(TS(?:2307|2305|2792)\)|Cannot find module", IMPORT, "unknown module"),
    (r"\(TS(?:2304|2552|2580|2581|2582|2583|2584|2591|2318)\)|Cannot find name", NAME, "unknown name"),
    (r"\(TS(?:2339|2550|2551|2576)\)|does not exist on type", NAME, "unknown member"),
    (r"\(TS(?:2300|2451|2393|2440)\)|Duplicate|Cannot redeclare", NAME, "defined twice"),
    (r"\(TS(?:2554|2555|2556|2575)\)|Expected \d+", TYPE, "wrong arguments"),
    (r"\(TS(?:2355|2366|7030)\)|must return a value", TYPE, "missing return"),
    (r"\(TS(?:2531|2532|2533|18047|18048|18049)\)|possibly", TYPE, "nothing where a value was due"),
    (r"\(TS(?:2588|2540)\)|constant", TYPE, "changed constant"),
    (r"\(TS(?:2454)\)|used before being assigned", TYPE, "uninitialised variable"),
    (r"\(TS\d+\)", TYPE, "type mismatch"),
    *NODE,
)
