"""Answers to a benchmark's problems that were recorded elsewhere: JSON Lines, one a line."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kcoder.errors import UsageError
from kcoder.plugin import names
from kcoder.tables.problems import LANGUAGES

#: what other tools call a problem and what was written for it
PROBLEM, TEXT = ("task_id", "problem", "name", "id"), ("completion", "text", "solution", "answer", "output")
ROW = '{"task_id": "HumanEval/0", "completion": "    return ..."}'
HINT = "give a JSON Lines file, which may be compressed: .jsonl, .jsonl.gz"


@dataclass(frozen=True)
class Recorded:
    """A completion, or an answer in prose, for a problem. `language` is what its line, or else the file's name, says,
    where that is a language's name; else empty."""

    line: int
    problem: str
    text: str
    language: str


def answers(path: str) -> Iterator[Recorded]:
    """Every line of the file. Raises UsageError for a file that cannot be read or is empty, and for a line that is no
    answer, with its number."""
    empty = True
    for number, line in enumerate(content(path).split(b"\n"), 1):
        if not line.strip():
            continue
        empty = False
        try:
            row = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise UsageError(f"{path}:{number}: {error}", f"each line is one completion: {ROW}") from None
        name, text = (_first(row, known) for known in (PROBLEM, TEXT))
        if name is None or not isinstance(text, str):
            raise UsageError(f"{path}:{number}: no problem and completion in this line", f"as in {ROW}")
        yield Recorded(number, str(name), text, _language(str(row.get("language", "")), path))
    if empty:
        raise UsageError(f"{path}: there are no completions in it", f"a line for each: {ROW}")


def content(path: str) -> bytes:
    """The file's bytes, unpacked. Raises UsageError where it cannot be read."""
    file = Path(path).expanduser()
    try:
        return gzip.decompress(file.read_bytes()) if file.suffix == ".gz" else file.read_bytes()
    except (OSError, EOFError, zlib.error) as error:
        raise UsageError(f"{path}: {getattr(error, 'strerror', None) or error}", HINT) from None


def _first(row: Any, keys: tuple[str, ...]) -> Any:
    return next((row[key] for key in keys if key in row), None) if isinstance(row, dict) else None


def _language(told: str, path: str) -> str:
    """`humaneval-rs.jsonl.gz` holds Rust."""
    words = Path(path).name.partition(".")[0].replace("-", "_").split("_")
    named = (LANGUAGES.get(word, word) for word in (told.lower(), *reversed(words)))
    return next((name for name in named if name in names("languages")), "")
