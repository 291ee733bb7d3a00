"""Where a function ends in a text that no tree was found for: braces, whatever strings and comments hold."""

from __future__ import annotations

import re

from kcoder.expressions.bare import bare, unclosed

_BRACE = re.compile(r"[{}]")


def by_braces(prompt: str, text: str) -> str | None:
    """The prompt and the text up to the brace that closes the prompt's function, with what is open then closed.

    None where the prompt leaves nothing open, or the function is never closed.
    """
    seen, depth = bare(prompt + text), unclosed(prompt)
    outer = depth - 1
    for found in _BRACE.finditer(seen, len(prompt)) if depth > 0 else ():
        depth += 1 if found[0] == "{" else -1
        if depth == outer:
            return f"{(prompt + text)[: found.end()]}\n" + "}\n" * outer
    return None


def closed(prompt: str, code: str) -> str:
    """The code with the braces that the prompt opened, where these are all that is missing."""
    missing = unclosed(code)
    return code if missing != unclosed(prompt) else f"{code.rstrip()}\n" + "}\n" * missing


def leading(tests: str) -> int:
    """How many braces a test program closes that it has not opened."""
    depth = least = 0
    for found in _BRACE.finditer(bare(tests)):
        depth += 1 if found[0] == "{" else -1
        least = min(least, depth)
    return -least
