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
#: spaces by which a closing fence may stand further in than the one it closes (CommonMark 0.31 §4.5)
FURTHER = 3
#: what marks a heading, an item of a list, a quotation or stress
_MARKS = re.compile(r"\s*(?:[-*#>]+ |\d+[.)] )?[\"'*_(`]*")
_CODE = re.compile(r"[{}=;<>\[\]|\\]|[(,)]\s*\Z")


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
        if found and mark and not _ends(found, mark, blocks[-1][1]):
            found = None
        if found:
            mark = "" if mark and not found["tag"] else found["mark"]
            if mark:
                blocks.append((found["tag"].lower(), found["indent"], []))
        elif mark:
            blocks[-1][2].append(line.removeprefix(blocks[-1][1]))
        elif not blocks:
            before.append(line)
    found_blocks = [Fenced(tag, "".join(lines)) for tag, _, lines in blocks]
    return "".join(before), sorted(found_blocks, key=lambda block: block.tag in ASIDE)


def _ends(found: re.Match[str], mark: str, indent: str) -> bool:
    """Whether a fence ends the one before it: no fence does that stands in the code, in a text or a comment there."""
    closes = found["mark"][0] == mark[0] and len(found["mark"]) >= len(mark)
    return len(found["indent"]) <= len(indent) + FURTHER and (closes or bool(found["tag"]))


def without_prose(text: str) -> str:
    """A text without the lines of plain language before and after its code."""
    lines = text.splitlines(keepends=True)
    told = [number for number, line in enumerate(lines) if line.strip() and not is_prose(line)]
    return "".join(lines[told[0] : told[-1] + 1]) if told else ""


def is_prose(line: str) -> bool:
    """Whether a line is plain language: three words or more that begin as a sentence does, or two before a colon,
    without what code has."""
    told = _MARKS.sub("", line, count=1).rstrip()
    words = len(told.split()) + told.endswith(":")
    return told[:1].isupper() and words > 2 and not _CODE.search(told)
