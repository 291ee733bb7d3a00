"""What of a data set is a whole program, in which language, and what of it defines something."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from kcoder.language import Language
from kcoder.plugin import load, names

COLUMNS = {"language": pl.String(), "text": pl.String()}


@dataclass(frozen=True)
class Parsed:
    """By language, the rows that parse as a whole program of it, and those of them that define something."""

    parse: Mapping[str, int]
    define: Mapping[str, int]
    #: rows that parse in no language that was asked, and name none
    other: int
    #: the program of each row with its language, in the order of the rows: both null where there is none
    programs: pl.DataFrame


def parsed(rows: pl.DataFrame, asked: str | None = None) -> Parsed:
    """Each row is tried in the language it names or, where it names none, in every language that can tell.

    A row that goes on with its question's code (a completion) is tried behind it too. A row in a language that cannot
    tell is taken for a program.
    """
    parse: dict[str, int] = {}
    define: dict[str, int] = {}
    named = rows["language"].to_list()
    pairs = rows.select(pl.col("prompt").fill_null(""), "text").rows()
    found: list[tuple[str | None, str | None]] = [(None, None)] * len(rows)
    for name in [asked] if asked else names("languages"):
        language: Language = load("languages", name)
        tried = [at for at, told in enumerate(named) if told == name or (told is None and found[at][0] is None)]
        if not tried or language.parses(pairs[tried[0]][1]) is None:
            continue
        programs = {at: program for at in tried if (program := _program(language, *pairs[at])) is not None}
        parse[name] = len(programs)
        defining = [language.defines(program) for program in programs.values()]
        if defining and defining[0] is not None:
            define[name] = sum(map(bool, defining))
        for at, program in programs.items():
            found[at] = name, program
    for at, told in enumerate(named):
        if told is not None and told not in parse:
            found[at] = told, pairs[at][1]
    other = sum(told is None and program is None for told, (_, program) in zip(named, found, strict=True))
    return Parsed(parse, define, other, pl.DataFrame(found, schema=COLUMNS, orient="row"))


def _program(language: Language, prompt: str, text: str) -> str | None:
    """What parses: the text by itself or, where it goes on with code, behind its prompt."""
    if language.parses(text):
        return text
    return prompt + text if prompt and language.parses(prompt + text) else None
