"""JSON Lines and JSON arrays into rows, strictly, with the line of whatever is wrong.

Readers in use either guess types from the first rows, drop keys that come late, or name no line. Numbers stay
as they are written, so that a long id keeps its digits.
"""

from __future__ import annotations

import io
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from kcoder.errors import UsageError
from kcoder.tables.unpack import not_utf8, nul_byte

Row = dict[str, Any]

#: an escape that may be half of a surrogate pair
_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")
_LONE = re.compile("[\ud800-\udfff]")


def json_lines(path: Path, lines: Iterable[tuple[int, bytes]], notes: Counter[str]) -> Iterator[Row]:
    """One row for each line that is not blank.

    Raises UsageError with file:line for a line that is not UTF-8, not JSON, no object, or nested too deep.
    """
    decoder = _decoder(notes)
    for number, raw in lines:
        if not raw.strip():
            notes["blank lines left out"] += 1
            continue
        try:
            row = decoder.decode(_decoded(path, number, raw))
        except json.JSONDecodeError as error:
            if not raw.endswith(b"\n"):
                message = f"{path}:{number}: the file ends in the middle of this line"
                raise UsageError(message, "was it copied whole? cut the line off to go on without it") from error
            raise _broken(path, number, error.colno, raw, error) from error
        except RecursionError as error:
            raise UsageError(f"{path}:{number}: nested too deep to be read") from error
        if not isinstance(row, dict):
            hint = "each line holds one object; an array of rows belongs in a .json file"
            raise UsageError(f"{path}:{number}: {_kind(row)}, not an object", hint)
        yield _without_lone_surrogates(row, notes) if _SURROGATE.search(raw) else row


def json_array(path: Path, data: bytes, notes: Counter[str]) -> list[Row]:
    """The objects of one array; a file that holds one object a line is read as JSON Lines.

    Raises UsageError with the line, or the number of the row, for whatever else it finds.
    """
    if data.lstrip().startswith(b"{"):
        numbered = enumerate(io.BytesIO(data), start=1)
        if len(rows := list(json_lines(path, numbered, notes))) > 1:
            return rows
        raise UsageError(f"{path}: one object, not an array of rows", "an array starts with [")
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        _decoded(path, line, data.split(b"\n", line)[line - 1])
        raise
    try:
        rows = _decoder(notes).decode(text)
    except json.JSONDecodeError as error:
        raise _broken(path, error.lineno, error.colno, data, error) from error
    except RecursionError as error:
        raise UsageError(f"{path}: nested too deep to be read") from error
    if not isinstance(rows, list):
        raise UsageError(f"{path}: {_kind(rows)}, not an array of rows", "an array starts with [")
    if not rows:
        raise UsageError(f"{path}: an array without rows")
    for number, row in enumerate(rows, start=1):
        if not isinstance(row, dict):
            raise UsageError(f"{path}: row {number} is {_kind(row)}, not an object")
    return [_without_lone_surrogates(r, notes) for r in rows] if _SURROGATE.search(data) else rows


def _decoder(notes: Counter[str]) -> json.JSONDecoder:
    def pairs(found: list[tuple[str, Any]]) -> Row:
        row = dict(found)
        notes["repeated keys in an object; the last one counts"] += len(found) - len(row)
        return row

    return json.JSONDecoder(object_pairs_hook=pairs, parse_int=str, parse_float=str, parse_constant=str)


def _decoded(path: Path, number: int, raw: bytes) -> str:
    try:
        return raw.decode()
    except UnicodeDecodeError as error:
        raise not_utf8(path, number, error) from error


def _broken(path: Path, line: int, column: int, raw: bytes, error: json.JSONDecodeError) -> UsageError:
    if b"\0" in raw:
        return nul_byte(path, line)
    return UsageError(f"{path}:{line}:{column}: not valid JSON: {error.msg}")


def _kind(value: Any) -> str:
    if isinstance(value, list):
        return "an array"
    return "null" if value is None else f"the value {str(value)[:30]}"


def _without_lone_surrogates(value: Any, notes: Counter[str]) -> Any:
    if isinstance(value, str):
        clean, count = _LONE.subn("�", value)
        notes["lone surrogates replaced by U+FFFD"] += count
        return clean
    if isinstance(value, dict):
        return {
            _without_lone_surrogates(key, notes): _without_lone_surrogates(each, notes) for key, each in value.items()
        }
    if isinstance(value, list):
        return [_without_lone_surrogates(each, notes) for each in value]
    return value
