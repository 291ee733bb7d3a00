"""Whether a completion that is still being written has come to its end, so that no more of it need be made."""

from __future__ import annotations

from kcoder.completions.process import completing_apart
from kcoder.language import Language


def ended(language: Language, prompt: str, text: str, entry: str, head: str = "", tests: str = "") -> int | None:
    """How many characters of a text count, once nothing that may follow can belong to the candidate; before that None.

    It has ended where a line at the margin follows a whole function, and the program that the cut makes of it has all
    that it and its tests use: whatever is defined later would be called by nothing. That line is left out. A function
    that lacks a helper goes on, whatever stands behind it, and so does what is no plain completion: prose, fences, the
    function written anew. `head` and `tests` are what stands before and behind the candidate in its program.
    """
    if not language.syntax or not (language.syntax.given or _tells(language)):
        return None
    lines = text[: text.rfind("\n") + 1].rstrip()
    at = lines.rfind("\n") + 1
    if not at or not _begins(language, lines[at:]) or "```" in lines or "\r" in prompt + lines:
        return None
    if not (found := completing_apart(language.syntax, prompt, text[:at], entry, head, tests)):
        return None
    code, lacking = found
    if _tells(language):
        return at if language.self_contained(f"{head}{code}\n{tests}") else None
    return None if {*lacking} - {*(language.syntax.given or "").split()} else at


def _tells(language: Language) -> bool:
    """Whether a language tells by itself what a program lacks."""
    return type(language).self_contained is not Language.self_contained


def _begins(language: Language, line: str) -> bool:
    """Whether a line at the margin begins something: a comment may stand in the middle of a function."""
    marks = (language.comment, *(language.block_comment or ())[:1])
    return not line[0].isspace() and not line.startswith(marks)
