"""The complexity of a data set's programs, language by language: real code, and what P4 would have counted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import polars as pl

from kcoder.host import Host
from kcoder.plugin import name_of
from kcoder.scorer import Scorer
from kcoder.scoring.complexity import VALUES, scorers_of
from kcoder.scoring.describe import Description, describe, describe_groups
from kcoder.scoring.programs import Values, score_programs

#: what is told of each language, as far as its scorers know it
SHOWN = (
    "halstead_vocabulary",
    "halstead_length",
    "halstead_calculated_length",
    "halstead_difficulty",
    "halstead_volume",
    "cyclomatic",
    "cyclomatic_max",
    "cyclomatic_sum",
    "cyclomatic_program",
    "functions",
)

#: of each scorer the values of a program and of each of its functions; None of a program at which a process died
Answer = Sequence[tuple[Values, list[dict[str, Any]]]] | None
Scorers = Sequence[Scorer]


@dataclass(frozen=True)
class Code:
    """`figures` of each language; `values` of every row, whose `real` says whether its program is real code.

    A value of the language's own scorer stands under its name; Halstead's, which every scorer counts otherwise, under
    the scorer's name too: `radon.halstead_length`.
    """

    figures: list[dict[str, Any]]
    values: pl.DataFrame


def code(programs: pl.DataFrame, host: Host) -> Code:
    """Scores each row's program (columns language and text, null where there is none) by its language's scorers.

    Real code is a program that the first of them can read and that does something: a number, a list or a sentence that
    happens to parse is none.
    """
    counted = programs["language"].value_counts().drop_nulls().sort("count", "language", descending=[True, False])
    scorers = {language: scorers_of(language) for language in counted["language"]}
    pairs = list(zip(programs["text"].fill_null(""), programs["language"].fill_null(""), strict=True))
    asked = {language: partial(_answer, each) for language, each in scorers.items() if each}
    answers: list[Answer] = list(score_programs(pairs, asked, host))
    told = [dict(_told(scorers.get(name, ()), answer)) for (_, name), answer in zip(pairs, answers, strict=True)]
    names = dict.fromkeys([*VALUES, *(name for each in scorers.values() for name in _names(each))])
    values = pl.DataFrame({name: [row.get(name) for row in told] for name in names}, dict.fromkeys(names, pl.Float64()))
    read = pl.Series("read", [bool(answer and answer[0][0] is not None) for answer in answers], pl.Boolean)
    does = pl.col("statements").is_null() | (pl.col("statements") > 0) if "statements" in values.columns else True
    values = values.with_columns(programs["language"], read).with_columns((pl.col("read") & does).alias("real"))
    return Code([_of(language, each, values, answers) for language, each in scorers.items()], values)


def named_by(scorer: Scorer, value: str) -> str:
    """What a scorer's value is called beside those of others."""
    return f"{name_of(scorer)}.{value}" if value.startswith("halstead_") else value


def _answer(scorers: Scorers, program: str, language: str) -> Answer:
    return [(each.score(program, language), each.functions(program, language)) for each in scorers]


def _names(scorers: Scorers) -> Iterator[str]:
    """The columns that these scorers fill."""
    for at, scorer in enumerate(scorers):
        yield from (() if at else scorer.values)
        yield from (named_by(scorer, value) for value in scorer.values)


def _told(scorers: Scorers, answer: Answer) -> Iterator[tuple[str, float | None]]:
    """The values of one program, by column."""
    for at, (scorer, (values, _)) in enumerate(zip(scorers, answer or (), strict=False)):
        for name, value in (values or {}).items():
            if not at:
                yield name, value
            yield named_by(scorer, name), value


def _of(language: str, scorers: Scorers, values: pl.DataFrame, answers: Sequence[Answer]) -> dict[str, Any]:
    spoken = values.with_row_index("row").filter(language=language)
    real = spoken.filter("real")
    shown = {
        named_by(each, name): (at, name) for name in SHOWN for at, each in enumerate(scorers) if name in each.values
    }
    functions = [answers[row] for row in real["row"]]
    return {
        "language": language,
        "scorers": [name_of(each) for each in scorers],
        "programs": spoken.height,
        "unreadable": spoken.height - int(spoken["read"].sum()) if scorers else 0,
        "real": real.height,
        "values": {name: told for name in shown if (told := describe(real[name]))},
        "per_function": {
            name: told for name, (at, value) in shown.items() if (told := _per_function(functions, at, value))
        },
    }


def _per_function(answers: Sequence[Answer], at: int, value: str) -> Description | None:
    """A value over all functions rather than over programs; programs are drawn again, with all of their functions."""
    functions = [answer[at][1] if answer else [] for answer in answers]
    return describe_groups([[each[value] for each in some if each.get(value) is not None] for some in functions])
