"""The rows behind the figures of a data set, for `dataset-stats --verbose`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from kcoder.cli.screen import WIDTH

Told = Mapping[str, Any]

#: lines of a text that is shown
LINES = 12


def evidence(each: Told) -> Iterator[str]:
    """Leaks with both texts, and the first rows of every problem with what shows it."""
    yield from _leaks(each)
    yield from _listings(each)


def _leaks(each: Told) -> Iterator[str]:
    leaks = each["leaks"]
    if not leaks or not leaks["shown"]:
        return
    yield from ("", f"  {each['name']}: {leaks['found']:,} leaks")
    for leak in leaks["shown"]:
        what = f"{leak['coverage']:.0%} of the {leak['how']} of {leak['benchmark']} {leak['problem']}"
        yield _plain(f"    {leak['row']} holds {what}")
        for name in ("problem_text", "row_text"):
            yield f"      {name.removesuffix('_text')}:"
            lines = leak[name].strip("\n").splitlines()
            yield from (_plain(f"        {line}") for line in lines[:LINES])
            yield from (f"        … {len(lines) - LINES:,} more lines",) if len(lines) > LINES else ()
    if more := leaks["found"] - len(leaks["shown"]):
        yield f"    and {more:,} more"


def _listings(each: Told) -> Iterator[str]:
    for listing in each["listings"]:
        yield ""
        more = listing["count"] - len(listing["rows"])
        yield f"  {each['name']}: {listing['count']:,} {listing['label']}"
        for row, what in listing["rows"]:
            yield _plain(f"    {row}   {what}")
        if more:
            yield f"    and {more:,} more"


def _plain(line: str) -> str:
    """A line that fits, in which a row's text cannot steer the terminal."""
    return "".join(each if each.isprintable() else "\N{REPLACEMENT CHARACTER}" for each in line.expandtabs(4)[:WIDTH])
