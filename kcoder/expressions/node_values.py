"""Values as node compares them: what a test expects is wrapped in how it is compared.

`Exactly` (===, strictEqual), `Loosely` (==, deepEqual), `Stringified` (the JSON texts of both). In answers, as
drivers/node.js says them, `undefined` and numbers like `10n` are symbols.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

from kcoder.isolation.values import Symbol
from kcoder.language import same

UNDEFINED = Symbol("undefined")
#: the key under which an object's class is told, where it has one of its own
CLASS = Symbol("class")


@dataclass(frozen=True, repr=False)
class Exactly:
    value: Any

    def __repr__(self) -> str:
        return json.dumps(self.value, ensure_ascii=False)


class Loosely(Exactly):
    """What `==` and assert.deepEqual take for equal."""


class Stringified(Exactly):
    """A text that says this value in JSON."""


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
