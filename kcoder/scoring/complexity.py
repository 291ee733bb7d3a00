"""The complexity of every row's program, by the scorer of its language or by the one that is named."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from kcoder.errors import UsageError
from kcoder.host import Host
from kcoder.language import Language
from kcoder.plugin import load, registered
from kcoder.scorer import Scorer
from kcoder.scoring.programs import score_programs

#: the values that are always told, null where a row's scorer has no such value
VALUES = (
    "cyclomatic",
    "functions",
    "halstead_vocabulary",
    "halstead_length",
    "halstead_calculated_length",
    "halstead_difficulty",
    "halstead_volume",
)


def complexity(rows: pl.DataFrame, scorer: Scorer | None, host: Host) -> pl.DataFrame:
    """The values of `text` in each row, a column each, in the order of `rows` (columns text and language).

    A row is scored by `scorer`, or by the scorer its language names: `cyclomatic` is then the mean over the program's
    functions, as that scorer defines it. All values of a row are null where its language is unknown or has no scorer,
    and where its program cannot be read.
    """
    scorers = _scorers(rows["language"], scorer)
    names = list(dict.fromkeys([*VALUES, *(name for each in scorers.values() for name in each.values)]))
    programs = list(zip(rows["text"].fill_null("").to_list(), rows["language"].fill_null("").to_list(), strict=True))
    scored = score_programs(programs, {name: each.score for name, each in scorers.items()}, host)
    return pl.DataFrame(
        {name: [None if values is None else values.get(name) for values in scored] for name in names},
        schema=dict.fromkeys(names, pl.Float64()),
    )


def scorer_of(language: str) -> Scorer | None:
    """The scorer a language names; None for a language nobody knows, or whose scorer is not installed."""
    if language not in registered("languages"):
        return None
    try:
        known: Language = load("languages", language)
        found: Scorer = load("scorers", known.scorer)()
    except UsageError:
        return None
    return found if found.languages is None or language in found.languages else None


def scorers_of(language: str) -> tuple[Scorer, ...]:
    """The scorer a language names, if it is there, and `token`: radon's Halstead sees arithmetic and comparisons alone,
    and other scorers have none. None of them for a language nobody knows.
    """
    if language not in registered("languages"):
        return ()
    own, token = scorer_of(language), load("scorers", "token")()
    return (token,) if own is None or type(own) is type(token) else (own, token)


def _scorers(languages: pl.Series, scorer: Scorer | None) -> Mapping[str, Scorer]:
    named = sorted(languages.drop_nulls().unique().to_list())
    if scorer is not None:
        return {name: scorer for name in named if scorer.languages is None or name in scorer.languages}
    return {name: found for name in named if (found := scorer_of(name)) is not None}
