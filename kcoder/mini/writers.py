"""The languages mini can write. A new one is a file with a Writer and a line here."""

from __future__ import annotations

from collections.abc import Mapping

from kcoder.errors import UsageError, choice
from kcoder.mini.lua import Lua
from kcoder.mini.python import Python
from kcoder.mini.writer import Writer

WRITERS: Mapping[str, Writer] = {"python": Python(), "lua": Lua()}


def writer(language: str) -> Writer:
    """Raises UsageError for a language mini cannot write."""
    if language not in WRITERS:
        raise UsageError(
            f"mini has no functions in {language}; it has {' and '.join(WRITERS)}", choice(language, WRITERS)
        )
    return WRITERS[language]
