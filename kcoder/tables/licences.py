"""Licences of rows: as a source tells them, as the text of one reads, and counted."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

#: licences that are counted by name; the others are counted together
NAMED = 20

#: what the text of a licence holds, and no other's, in small letters and single spaces
TEXTS: Mapping[str, str] = {
    "MIT": r"permission is hereby granted, free of charge, to any person obtaining a copy of this software and assoc",
    "Apache-2.0": r"apache license version 2\.0, january 2004",
    "GPL-2.0": r"gnu general public license version 2, june 1991",
    "GPL-3.0": r"gnu general public license version 3, 29 june 2007",
    "BSD-3-Clause": r"redistributions in binary form must reproduce(?s:.*)neither the name of",
    "BSD-2-Clause": r"redistributions in binary form must reproduce(?!(?s:.*)(?:neither the name of|advertising))",
}


def told(value: Any) -> str | None:
    """A licence as text: several are joined by commas (whether all hold or one may be chosen, nobody says), none is
    null."""
    if isinstance(value, list):
        return ", ".join(str(each) for each in value if each) or None
    return None if value is None else str(value)


def of_text(text: str) -> str | None:
    """The SPDX name of the licence whose text this is; None where it is none of the common ones, or several."""
    words = " ".join(text.lower().split())
    found = [name for name, shown in TEXTS.items() if re.search(shown, words)]
    return found[0] if len(found) == 1 else None


def counted(rows: Iterable[str | None]) -> dict[str, int]:
    """How many rows have each licence, the commonest first; `unknown` where none is told."""
    return shortened(Counter(each or "unknown" for each in rows))


def shortened(counts: Mapping[str, int]) -> dict[str, int]:
    """The commonest, and the rest together."""
    ordered = sorted(counts.items(), key=lambda each: (-each[1], each[0]))
    rest = sum(count for _, count in ordered[NAMED:])
    return dict(ordered[:NAMED]) | ({"others": rest} if rest else {})
