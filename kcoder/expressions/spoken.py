"""Test programs whose assertions say values instead of comparing them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from kcoder.language import END, Tests


@dataclass(frozen=True)
class Edit:
    """What stands in a text from `start` to before `end` becomes `text`, which says values: (call, expected) each."""

    start: int
    end: int
    text: str
    said: tuple[tuple[str, Any], ...] = ()


def spoken(tests: str, edits: Sequence[Edit], ending: Edit, left: str) -> Tests:
    """The edited test program, with what it says in order.

    Where the regular expression `left` still finds something that can fail by itself, `ending` is put in too: it says
    END, without which nothing has passed.
    """
    said = [each for edit in sorted(edits, key=lambda edit: edit.start) for each in edit.said]
    calls, values = tuple(call for call, _ in said), tuple(value for _, value in said)
    text = edited(tests, edits)
    if not re.search(left, text):
        return Tests(text, values, calls)
    return Tests(edited(tests, [*edits, ending]), (*values, END) if values else None, calls)


def edited(text: str, edits: Sequence[Edit]) -> str:
    pieces, place = [], 0
    for edit in sorted(edits, key=lambda edit: edit.start):
        pieces += [text[place : edit.start], edit.text]
        place = edit.end
    return "".join([*pieces, text[place:]])
