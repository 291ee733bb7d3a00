"""Assertions of test programs in JavaScript and TypeScript, and how node compares.

What they expect is wrapped in how it is compared: `Exactly` (===, strictEqual), `Loosely` (==, deepEqual), `Stringified`
(the JSON texts of both). Answers as drivers/node.js says them: `undefined` and numbers like `10n` are symbols.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from kcoder.errors import UsageError
from kcoder.expressions.bare import bare, uncommented
from kcoder.expressions.literal import NoLiteralError, read
from kcoder.expressions.scan import closing, split
from kcoder.expressions.spoken import Edit, edited, spoken
from kcoder.isolation.values import Symbol
from kcoder.language import END, Tests, same
from kcoder.records import Verdict

UNDEFINED = Symbol("undefined")
#: the key under which an object's class is told, where it has one of its own
CLASS = Symbol("class")

_WORDS = {
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
#: operators that bind a comparison's sides less than it does, or are comparisons themselves
_OPERATORS = re.compile(r"&&|\|\||\?|[!<>]=")
_BIG = re.compile(r"\b\d+n\b")
_EMPTY = re.compile(r"\{\s*\}")
_KEY = re.compile(r"(?<![\w$.])[A-Za-z_$][\w$]*(?=\s*:)")


@dataclass(frozen=True, repr=False)
class Exactly:
    value: Any

    def __repr__(self) -> str:
        return json.dumps(self.value, ensure_ascii=False)


class Loosely(Exactly):
    """What `==` and assert.deepEqual take for equal."""


class Stringified(Exactly):
    """A text that says this value in JSON."""


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
        first = seen[after : found.start()].strip() == "" or seen[: found.start()].rstrip()[-1:] in tuple(";{}")
        after = end
        if not first or not once[found.start()]:
            continue
        read = _compared(text[found.end() : end - 1], found["method"], strict)
        if read is not None:
            call, value = read
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


# ---- comparing ----------------------------------------------------------------------------------------------


def equal(answer: Any, expected: Any) -> bool:
    """Whether an answer is what was expected; a value that is not wrapped came as JSON, and null is undefined then."""
    if isinstance(expected, Stringified):
        return isinstance(answer, str) and not isinstance(answer, Symbol) and _says(answer, expected.value)
    if isinstance(expected, Loosely):
        return _loosely(answer, expected.value)
    if isinstance(expected, Exactly):
        return _exactly(answer, expected.value)
    return same(_plain(answer), expected)


def _says(text: str, expected: Any) -> bool:
    try:
        return bool(_in_json(json.loads(text)) == _in_json(expected))
    except ValueError:
        return False


def _in_json(value: Any) -> Any:
    """A value as its JSON text tells it: what kind each is, and the keys in their order."""
    if isinstance(value, list):
        return ["list", *map(_in_json, value)]
    if isinstance(value, dict):
        pairs = [(key, item) for key, item in value.items() if item is not UNDEFINED]
        pairs.sort(key=lambda pair: (0, int(pair[0])) if str(pair[0]).isdigit() else (1, 0))
        return ["object", *((str(key), _in_json(item)) for key, item in pairs)]
    if value is None or value is UNDEFINED or (isinstance(value, float) and value - value != 0):
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    return ("text", value) if isinstance(value, str) else ("number", value)


def _exactly(answer: Any, expected: Any) -> bool:
    if isinstance(expected, list):
        return isinstance(answer, list) and len(answer) == len(expected) and all(map(_exactly, answer, expected))
    if isinstance(expected, dict):
        return isinstance(answer, dict) and answer.keys() == expected.keys() and _items(answer, expected, _exactly)
    if isinstance(expected, float) and expected != expected:
        return isinstance(answer, float) and answer != answer
    return same(answer, expected)


def _loosely(answer: Any, expected: Any) -> bool:
    """As assert.deepEqual: objects by their content, whatever their class; all else by `==`."""
    if isinstance(expected, list):
        return isinstance(answer, list) and len(answer) == len(expected) and all(map(_loosely, answer, expected))
    if isinstance(expected, dict):
        if not isinstance(answer, dict):
            return False
        answer = {key: item for key, item in answer.items() if key != CLASS}
        return answer.keys() == expected.keys() and _items(answer, expected, _loosely)
    if answer in (None, UNDEFINED) or expected in (None, UNDEFINED):
        return answer in (None, UNDEFINED) and expected in (None, UNDEFINED)
    if isinstance(answer, str) and isinstance(expected, str) and not isinstance(answer, Symbol):
        return answer == expected
    (one, other) = (_number(answer), _number(expected))
    return one is not None and other is not None and (one == other or _both_none(answer, expected))


def _both_none(answer: Any, expected: Any) -> bool:
    return isinstance(answer, float) and isinstance(expected, float) and answer != answer and expected != expected


def _number(value: Any) -> int | float | None:
    """A primitive value as `==` sees it beside a number; None for what is no primitive."""
    if isinstance(value, bool | int | float):
        return value
    if isinstance(value, Symbol):
        plain = _plain(value)
        return plain if isinstance(plain, int) else None
    if not isinstance(value, str):
        return None
    text = value.strip()
    if re.fullmatch(r"0[xX][0-9a-fA-F]+|0[oO][0-7]+|0[bB][01]+", text):
        return int(text, 0)
    if re.fullmatch(r"[+-]?(?:Infinity|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)", text):
        return float(text)
    return 0 if not text else float("nan")


def _items(answer: dict[Any, Any], expected: dict[Any, Any], equal: Any) -> bool:
    return all(equal(answer[key], item) for key, item in expected.items())


def _plain(value: Any) -> Any:
    """An answer as JSON has it."""
    if isinstance(value, list):
        return [_plain(each) for each in value]
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items() if key != CLASS}
    if isinstance(value, Symbol):
        return None if value == UNDEFINED else int(value[:-1]) if re.fullmatch(r"-?\d+n", value) else value
    return value


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
