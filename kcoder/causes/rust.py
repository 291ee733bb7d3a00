"""The words of rustc, with its codes, and panics."""

from __future__ import annotations

from kcoder.failures import Cause, Failure

BUILD = Failure.BUILD
IMPORT = Failure.IMPORT
NAME = Failure.NAME
RUNTIME = Failure.RUNTIME
SYNTAX = Failure.SYNTAX
TYPE = Failure.TYPE

RUST: tuple[Cause, ...] = (
    (r"unclosed delimiter|mismatched closing", SYNTAX, "unclosed brace"),
    (r"expected `;`|expected one of .*`;`", SYNTAX, "missing semicolon"),
    (r"unterminated", SYNTAX, "unclosed text"),
    (
        r"unexpected closing|expected one of|expected (?:expression|identifier|pattern|type, found)"
        r"|unknown start of token"
        r"|unknown prefix|unexpected token|expected item",
        SYNTAX,
        "misplaced words",
    ),
    (r"E0463|unresolved (?:import|module)|E0432|E0433|use of (?:undeclared|unresolved)", IMPORT, "unknown module"),
    (r"E0412|cannot find (?:type|trait|derive|macro)", IMPORT, "unknown type"),
    (r"E0425|E0423|cannot find", NAME, "unknown name"),
    (r"E0599|no (?:method|function|associated)|E0609|no field", NAME, "unknown member"),
    (r"E0428|defined multiple times", NAME, "defined twice"),
    (r"E0603|is private", NAME, "not visible"),
    (r"E0382|E0505|E0507|use of moved|cannot move|move out", TYPE, "moved value"),
    (r"E0502|E0499|E0506|E0597|E0515|E0716|E0373|borrow|does not live long", TYPE, "borrowed value"),
    (r"E0384|E0596|E0594|immutable|as mutable", TYPE, "changed constant"),
    (r"E0381|uninitialized|isn't initialized", TYPE, "uninitialised variable"),
    (r"E0061|E0060|argument", TYPE, "wrong arguments"),
    (r"E0004|non-exhaustive", TYPE, "missing case"),
    (r"E0106|lifetime", TYPE, "missing lifetime"),
    (r"E0282|E0283|annotations needed", TYPE, "type not known"),
    (
        r"E0277|trait bound|the trait|cannot be (?:indexed|built|compared|known)|can't (?:compare|call)"
        r"|cannot (?:add|subtract|multiply"
        r"|divide|calculate)",
        TYPE,
        "type mismatch",
    ),
    (
        r"E0308|mismatched types|E0369|E0606|E0605|E0614|E0600|E0604|E0607|binary operation|casting"
        r"|cannot apply|E0271|E0317",
        TYPE,
        "type mismatch",
    ),
    (r"arithmetic operation will overflow|this operation will panic", BUILD, "overflow"),
    (r"index out of bounds|out of range|byte index", RUNTIME, "index out of range"),
    (r"with overflow", RUNTIME, "overflow"),
    (r"divide by zero|divisor of zero", RUNTIME, "division by zero"),
    (r"on a `None` value", RUNTIME, "nothing where a value was due"),
    (r"on an `Err` value", RUNTIME, "unhandled error"),
    (r"stack overflow", RUNTIME, "endless recursion"),
    (r"BorrowMutError|BorrowError|already (?:mutably )?borrowed", RUNTIME, "borrowed value"),
)
