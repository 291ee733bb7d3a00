"""Features of texts, all in one pass over their bytes; filters read them as columns by name.

A line ends with a newline, `\\n` or `\\r\\n`, which is not counted in its length; text after the last one is
a line too, and an empty rest is none. Lengths are in characters (Unicode code points). An empty text has
no line and no letter: all of its features are 0, so that any lower limit on letters drops it.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from kcoder.errors import UsageError, choice

Ints = npt.NDArray[np.int64]
Bytes = npt.NDArray[np.uint8]

#: every feature with what it says of one text
FEATURES = {
    "characters": "characters, newlines included",
    "lines": "lines",
    "average_line": "mean length of the lines in characters",
    "longest_line": "length of the longest line in characters",
    "alphabetic": "letters (Unicode category L) as a share of all characters, newlines included",
}

#: texts measured at a time: what stays in the processor's cache (measured: 64 beats 32 and 512)
BATCH = 64


def measure(texts: pl.Series, wanted: Iterable[str] = FEATURES) -> pl.DataFrame:
    """The wanted features of each text, a column each, in the order of `texts`. Null counts as empty.

    Raises UsageError for a feature that is unknown.
    """
    names = list(dict.fromkeys(wanted))
    if unknown := [name for name in names if name not in FEATURES]:
        raise UsageError(f"no feature of texts is called {unknown[0]!r}", choice(unknown[0], FEATURES))
    texts = texts.fill_null("")
    parts = [_batch(texts.slice(start, BATCH), names) for start in range(0, max(len(texts), 1), BATCH)]
    return pl.concat([pl.DataFrame(part) for part in parts])


def _batch(texts: pl.Series, names: list[str]) -> dict[str, Any]:
    raw, bounds = _flat(texts)
    made: dict[str, Any] = {}
    # where a byte that continues a character stands: none in plain ASCII
    inside = np.flatnonzero((raw & 0xC0) == 0x80) if raw.size and raw.max() > 127 else np.empty(0, np.int64)
    characters = np.diff(bounds) - np.diff(np.searchsorted(inside, bounds))
    made["characters"] = characters
    if {"lines", "average_line", "longest_line"} & {*names}:
        made |= _lines(raw, bounds, inside, characters)
    if "alphabetic" in names:
        made["alphabetic"] = _letters(raw, bounds, plain=not inside.size) / np.maximum(characters, 1)
    return {name: made[name] for name in names}


def _flat(texts: pl.Series) -> tuple[Bytes, Ints]:
    """The bytes of all texts in a row, and where each begins and the last one ends."""
    # the oldest Arrow layout has one buffer of bytes; pyarrow comes with datasets
    column = texts.rechunk().to_arrow(compat_level=pl.CompatLevel.oldest())
    _, places, data = column.buffers()
    if places is None or data is None:
        return np.empty(0, np.uint8), np.zeros(len(texts) + 1, np.int64)
    bounds = np.frombuffer(places, np.int64)[column.offset : column.offset + len(column) + 1]
    return np.frombuffer(data, np.uint8)[bounds[0] : bounds[-1]], bounds - bounds[0]


def _lines(raw: Bytes, bounds: Ints, inside: Ints, characters: Ints) -> dict[str, Any]:
    def at(byte: Ints) -> Ints:
        return byte - np.searchsorted(inside, byte) if inside.size else byte

    starts, ends = bounds[:-1], bounds[1:]
    newlines = np.flatnonzero(raw == 10)
    first = np.searchsorted(newlines, bounds)
    count = np.diff(first)
    text_of = np.repeat(np.arange(len(starts)), count)
    # the newline before, or the start of the text, begins a line
    begins = np.maximum(np.concatenate([[0], newlines[:-1] + 1])[: len(newlines)], starts[text_of])
    returned = (newlines > begins) & (raw[newlines - 1] == 13)
    lengths = at(newlines) - at(begins) - returned
    rest = starts.copy()
    some = count > 0
    rest[some] = newlines[first[1:][some] - 1] + 1
    longest = at(ends) - at(rest)
    lines = count + (longest > 0)
    in_lines = characters - count - np.bincount(text_of[returned], minlength=len(starts))
    if some.any():
        longest[some] = np.maximum(longest[some], np.maximum.reduceat(lengths, first[:-1][some]))
    return {"lines": lines, "longest_line": longest, "average_line": in_lines / np.maximum(lines, 1)}


def _letters(raw: Bytes, bounds: Ints, *, plain: bool) -> Ints:
    """Letters in each text: plain ones by arithmetic that wraps around, the others one by one."""
    ascii_letter = ((raw | 32) - np.uint8(97)) < 26
    spans = itertools.pairwise(bounds.tolist())
    counts = (np.count_nonzero(ascii_letter[begin:end]) for begin, end in spans)
    letters = np.fromiter(counts, np.int64, len(bounds) - 1)
    if not plain:
        # bytes above 127 are whole characters in a row: one decoding for the batch
        others = raw[raw > 127].tobytes().decode()
        heads = np.flatnonzero(raw >= 0xC0)
        found = heads[np.fromiter(map(str.isalpha, others), np.bool_, len(others))]
        text_of = np.searchsorted(bounds, found, side="right") - 1
        letters += np.bincount(text_of, minlength=len(letters))
    return letters
