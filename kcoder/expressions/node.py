"""Assertions of test programs in JavaScript and TypeScript, and what node says of a program's end."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from kcoder.errors import UsageError
from kcoder.expressions.bare import bare, uncommented
from kcoder.expressions.literal import NoLiteralError, Words, read
from kcoder.expressions.node_values import UNDEFINED, Exactly, Loosely, Stringified
from kcoder.expressions.scan import closing, split
from kcoder.expressions.spoken import Edit, edited, spoken
from kcoder.language import END, Tests
from kcoder.records import Verdict

#: names that every program has
GIVEN = """
    Array ArrayBuffer BigInt Boolean DataView Date Error EvalError Float32Array Float64Array Function Infinity
    Int16Array Int32Array Int8Array Intl JSON Map Math NaN Number Object Promise Proxy RangeError ReferenceError
    Reflect RegExp Set String Symbol SyntaxError TypeError URIError Uint16Array Uint32Array Uint8Array WeakMap
    WeakSet arguments console decodeURI decodeURIComponent encodeURI encodeURIComponent globalThis isFinite
    isNaN parseFloat parseInt undefined require module exports process
"""

_WORDS: Words = {
    "true": lambda _: True,
    "false": lambda _: False,
    "null": lambda _: None,
    "undefined": lambda _: UNDEFINED,
    "NaN": lambda _: float("nan"),
    "Infinity": lambda _: float("inf"),
    "Object": lambda _: {},
}
_OPENING = re.compile(r"(?<![\w$.])(?:console\.assert|assert(?:\.(?P<method>\w+))?)\s*\(")
_IMPORTED = re.compile(
    r"(?m)^[ \t]*(?:(?:const|let|var)\s+assert\s*=\s*require\(|import\s+(?:\*\s+as\s+)?assert\s+from\s*)"
    r"['\"](?:node:)?assert(?P<strict>/strict)?['\"]\)?(?P<member>\.strict)?[ \t]*;?"
)
_DECLARED = re.compile(r"(?m)^[ \t]*declare\s+(?:var|let|const)\s+require\s*:\s*any[ \t]*;?")
_FUNCTION = re.compile(
    r"(?<![\w$.])(?:function\s+(?P<named>[\w$]+)\s*\(\s*\)\s*(?::\s*void\s*)?"
    r"|(?:const|let|var)\s+(?P<given>[\w$]+)\s*=\s*(?:function\s*)?\(\s*\)\s*(?::\s*void\s*)?(?:=>\s*)?)\{"
)
#: what can fail by itself, once the assertions that were read are gone
_LEFT = r"\b(?:assert|throw|exit|expect|reject)\b"
_LATER = re.compile(r"\b(?:async|await|Promise|setTimeout|setImmediate|nextTick|then)\b")
#: what a statement follows; a line may end without a semicolon, but not with a bracket: `if (..)`
_BOUNDARY = re.compile(r"(?:[;{}]\s*|[\d'\"`\]][ \t]*\n\s*)\Z")
#: operators that bind a comparison's sides less than it does, or are comparisons themselves
_OPERATORS = re.compile(r"&&|\|\||\?|[!<>]=")
_BIG = re.compile(r"\b\d+n\b")
_EMPTY = re.compile(r"\{\s*\}")
_KEY = re.compile(r"(?<![\w$.])[A-Za-z_$][\w$]*(?=\s*:)")


def said(tests: str, say: str) -> Tests:
    """The test program with the assertions that are executed exactly once saying their values by the function `say`.

    Those in loops stay as they are, as those do that this reader does not know, and all where a bracket or a string is
    not closed: the program then says END after its last statement. Raises UsageError for tests that go on after that.
    """
    text = uncommented(tests)
    if later := _LATER.search(bare(text)):
        raise UsageError(f"tests that wait cannot be run: {later[0]}", "compare what a function returns, at once")
    strict = any(found["strict"] or found["member"] for found in _IMPORTED.finditer(text))
    try:
        edits = list(_edits(text, say, strict))
    except ValueError:
        edits = []
    needed = f"const assert = require('node:assert{'/strict' if strict else ''}');" if _uses(text, edits) else ""
    edits += [Edit(found.start(), found.end(), needed) for found in _IMPORTED.finditer(text)]
    edits += [Edit(found.start(), found.end(), "") for found in _DECLARED.finditer(text)]
    ending = Edit(len(text), len(text), f'\n{say}("{END}");\n')
    return spoken(text, edits, ending, _LEFT if any(edit.said for edit in edits) else "")


def _uses(text: str, edits: list[Edit]) -> bool:
    """Whether node's assert is called where nothing was read."""
    rest = edited(bare(_IMPORTED.sub(lambda found: " " * len(found[0]), text)), edits)
    return bool(re.search(r"(?<!console\.)\bassert\b", bare(rest)))


def _edits(text: str, say: str, strict: bool) -> Iterator[Edit]:
    seen = bare(text)
    once, after = _once(seen), 0
    for found in _OPENING.finditer(seen):
        end = closing(seen, found.end() - 1) + 1
        first = seen[after : found.start()].strip() == "" or _BOUNDARY.search(seen[: found.start()])
        after = end
        if not first or not once[found.start()]:
            continue
        compared = _compared(text[found.end() : end - 1], found["method"], strict)
        if compared is not None:
            call, value = compared
            yield Edit(found.start(), end, f"{say}({call})", ((call, value),))


def _once(seen: str) -> list[bool]:
    """For each place of a text without comments and strings: whether what stands there is executed exactly once.

    So it is outside of all brackets, and at the outermost level of a function without parameters that is called once
    from there and does not return on its way.
    """
    opened = {found.end() - 1: found for found in _FUNCTION.finditer(seen)}
    levels, depth, entered = [], 0, -1
    for place, character in enumerate(seen):
        if character in "([{":
            if depth == 0 and place in opened and _called_once(seen, opened[place]):
                entered = place
            depth += 1
        elif character in ")]}":
            depth -= 1
            if depth == 0:
                entered = -1
        levels.append(depth == 0 or (depth == 1 and entered >= 0))
    return levels


def _called_once(seen: str, function: re.Match[str]) -> bool:
    name = re.escape(function["named"] or function["given"])
    inside = seen[function.end() : closing(seen, function.end() - 1)]
    while inside != (inner := re.sub(r"\{[^{}]*\}", "", inside)):
        inside = inner
    outside = re.sub(r"\bfunction\s+[\w$]+", "", seen)
    calls = re.findall(rf"(?<![\w$.]){name}(?![\w$])(?!\s*=[^=])", outside)
    return len(calls) == 1 and bool(re.search(rf"(?m)^{name}\(\)", seen)) and not re.search(r"\breturn\b", inside)


def _compared(inner: str, method: str | None, strict: bool) -> tuple[str, Any] | None:
    """What says the value of an assertion, and the value; None where it has to stay as it is."""
    pieces = split(inner, ",")
    if method in (None, "ok"):
        return _condition(pieces[0])
    if len(pieces) < 2 or not pieces[0]:
        return None
    try:
        value = _literal(pieces[1])
    except ValueError:
        return None
    deep = method in ("deepEqual", "deepStrictEqual")
    if not deep and (method not in ("equal", "strictEqual") or isinstance(value, list | dict)):
        return None
    loose = method in ("deepEqual", "equal") and not strict
    return pieces[0], Loosely(value) if loose else Exactly(value)


def _condition(condition: str) -> tuple[str, Any] | None:
    """`f(x) === 1`, `1 == f(x)`, `JSON.stringify(f(x)) === JSON.stringify([1])`; else whether the condition holds."""
    for sign in ("===", "=="):
        pair = split(condition, sign)
        if len(pair) != 2 or _OPERATORS.search(_flat(condition)):
            continue
        for call, other in (pair, pair[::-1]):
            if value := _expected(call, other, sign):
                return call, value
        break
    return f"!!({condition})", Exactly(True)


def _flat(condition: str) -> str:
    """A condition without what its brackets hold."""
    seen = bare(condition)
    while seen != (inner := re.sub(r"\([^()\[\]{}]*\)|\[[^()\[\]{}]*\]|\{[^()\[\]{}]*\}", "", seen)):
        seen = inner
    return seen


def _expected(call: str, other: str, sign: str) -> Exactly | None:
    try:
        if call.startswith("JSON.stringify(") and other.startswith("JSON.stringify("):
            if closing(other, 14) != len(other) - 1:
                return None
            return Stringified(_literal(other[15:-1]))
        value = _literal(other)
    except ValueError:
        return None
    if isinstance(value, list | dict) or value != value:
        return None
    return Loosely(value) if sign == "==" else Exactly(value)


def _literal(text: str) -> Any:
    seen = bare(text)
    if _BIG.search(seen):
        raise NoLiteralError("no literal: a number of any length")
    # what the reader takes for a list, as it is in other languages, and names it has no meaning for
    edits = [Edit(found.start(), found.end(), "Object()") for found in _EMPTY.finditer(seen)]
    edits += [Edit(*found.span(), f'"{found[0]}"') for found in _KEY.finditer(seen)]
    return _meant(read(edited(text, edits), _WORDS))


def _meant(value: Any) -> Any:
    """What JavaScript means by what was read: of `(1, 2)` the last, and numbers of 64 bits."""
    if isinstance(value, tuple):
        return _meant(value[-1])
    if isinstance(value, list):
        return [_meant(each) for each in value]
    if isinstance(value, dict):
        return {str(key): _meant(item) for key, item in value.items()}
    return float(value) if type(value) is int and abs(value) > 2**53 else value


# ---- ending -------------------------------------------------------------------------------------------------

#: what node and its driver say of a program's end
_SIGNS = {
    r"^assertion failed: ": Verdict.WRONG_ANSWER,
    r"^build failed: ": Verdict.BUILD_FAILED,
    r"JavaScript heap out of memory|^FATAL ERROR: .*(?:[Aa]llocation|memory)|Array buffer allocation failed"
    r"|ERR_MEMORY_ALLOCATION_FAILED|ERR_WORKER_OUT_OF_MEMORY": Verdict.OUT_OF_MEMORY,
}


def ended(stderr: str) -> Verdict | None:
    """What node's last words tell of a program's end, where they tell it."""
    return next((verdict for sign, verdict in _SIGNS.items() if re.search(sign, stderr, re.M)), None)
