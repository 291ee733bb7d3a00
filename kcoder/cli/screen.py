"""How kcoder speaks on a terminal: plain words, at most 100 columns, no traceback."""

from __future__ import annotations

from kcoder.errors import Fault, KcoderError, MachineLacksError, SpecError, UsageError, no_space

WIDTH = 100
MOST_FAULTS = 6


def complaint(error: KcoderError) -> str:
    """An error as a person reads it: what, where, and what to do next."""
    if isinstance(error, SpecError):
        return _faults(error)
    hint = f"\n  hint: {error.hint}" if error.hint else ""
    return f"kcoder: {error.message}{hint}"


def from_the_system(error: Exception) -> KcoderError | None:
    """A file or folder that the system refuses, as an error with a next step; None for anything else."""
    where = getattr(error, "filename", None) or "a file"
    if no_space(error):
        hint = "free some (kcoder prune), or set TMPDIR where temporary files fill it; then run the same command again"
        return MachineLacksError(f"the disk is full: no space is left for {where}", hint)
    if not isinstance(error, OSError):
        return None
    return UsageError(f"cannot use {where}: {error.strerror or error}", "look at --out, -o and that folder's rights")


def _faults(error: SpecError) -> str:
    count = len(error.faults)
    lines = [f"kcoder: {count} problem{'s' if count > 1 else ''} in {error.file}", ""]
    for fault in error.faults[:MOST_FAULTS]:
        lines += [*_fault(fault), ""]
    if count > MOST_FAULTS:
        lines += [f"  and {count - MOST_FAULTS} more", ""]
    return "\n".join([*lines, "nothing was run.  all fields: kcoder schema   templates: kcoder init --list"])


def _fault(fault: Fault) -> list[str]:
    place = fault.place
    lines = [f"  {place}", f"    {fault.message}"]
    if place.line and place.text.strip():
        text, column = _window(place.text, place.column)
        lines += [f"    {place.line:>4} | {text}", f"         | {' ' * (column - 1)}^"]
    if fault.hint:
        lines.append(f"    hint: {fault.hint}")
    return lines


def _window(text: str, column: int) -> tuple[str, int]:
    """The part of a long line around a column, and the column in it."""
    room = WIDTH - 12
    text = text.replace("\t", " ")
    if len(text) <= room:
        return text, column
    start = max(0, min(column - room // 2, len(text) - room))
    return text[start : start + room], column - start
