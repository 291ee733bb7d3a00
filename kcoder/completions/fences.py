"""Code in prose: between fences, as Markdown has them, or between lines of plain language."""

from __future__ import annotations

import re
from dataclasses import dataclass

#: what is shown beside programs: no program is looked for in it before all others
ASIDE = frozenset({
    "bash", "sh", "shell", "zsh", "console", "terminal", "cmd", "powershell", "toml", "json", "yaml", "yml",
    "ini", "xml", "html", "text", "txt", "plaintext", "output", "diff", "makefile", "dockerfile", "markdown",
    "md", "log",
})  # fmt: skip
_FENCE = re.compile(r"(?P<indent>[ \t>]*)(?P<mark>`{3,}|~{3,})[ \t]*(?P<tag>[^\s`]*)[^`]*\Z")
#: three words or more that begin as a sentence does, without what only code has
_PROSE = re.compile(r"\s*(?:[-*#>]+ |\d+[.)] )?[\"'*_(`]*[A-Z][^{}=;<>\[\]|\\]*(?:\s[^{}=;<>\[\]|\\]+){2,}\s*\Z")
_ENDS_AS_CODE = re.compile(r"[({\[;,]\s*\Z|\)\s*\Z")


@dataclass(frozen=True)
class Fenced:
    """What stands between two fences, without their indentation; `tag` names its language."""

    tag: str
    code: str


def fenced(text: str) -> tuple[str, list[Fenced]]:
    """What stands before the first fence, and what between fences: programs first, what is shown beside them last.

    A fence that is never closed goes on to the end, or to the next one that names a language.
    """
    before: list[str] = []
    blocks: list[tuple[str, str, list[str]]] = []
    mark = ""
    for line in text.splitlines(keepends=True):
        found = _FENCE.match(line.rstrip("\n"))
        if found and (not mark or found["tag"] or _closes(found["mark"], mark)):
            mark = "" if mark and not found["tag"] else found["mark"]
            if mark:
                blocks.append((found["tag"].lower(), found["indent"], []))
        elif mark:
            blocks[-1][2].append(line.removeprefix(blocks[-1][1]))
        elif not blocks:
            before.append(line)
    found_ = [Fenced(tag, "".join(lines)) for tag, _, lines in blocks]
    return "".join(before), sorted(found_, key=lambda block: block.tag in ASIDE)


def _closes(mark: str, opened: str) -> bool:
    return mark[0] == opened[0] and len(mark) >= len(opened)


def without_prose(text: str) -> str:
    """A text without the lines of plain language before and after its code."""
    lines = text.splitlines(keepends=True)
    told = [number for number, line in enumerate(lines) if line.strip() and not is_prose(line)]
    return "".join(lines[told[0] : told[-1] + 1]) if told else ""


def is_prose(line: str) -> bool:
    """Whether a line is plain language rather than code. No line of code is taken for prose that ends as code does."""
    return bool(_PROSE.match(line)) and not _ENDS_AS_CODE.search(line)
