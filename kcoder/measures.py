"""Everything that can be measured of one row, by name: for filters, for `data.keep`, for statistics.

What several ask for is measured once. A measure is null where it is not known: a program that does not parse has
no complexity.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING

from kcoder.errors import UsageError, choice
from kcoder.host import Host
from kcoder.language import Language
from kcoder.plugin import load, names

if TYPE_CHECKING:
    import polars as pl

#: what is found in the text by looking for marks, or by asking the language
MARKS: Mapping[str, str] = {
    "generated": "the rule that tells that a program wrote the file",
    "secrets": "kinds of secrets in the text: keys, tokens, passwords",
    "personal": "kinds of personal data in the text: e-mail addresses, private IP addresses",
    "licence_only": "whether the text is a licence and nothing else",
    "parses": "whether the text, by itself or behind its prompt, is a whole program of its language",
    "question_characters": "characters of the prompt",
    "question_words": "words of the prompt: what white space parts",
    "question_mtld": "MTLD of the prompt, not known below 100 words",
    "question_mtld_unfloored": "MTLD of the prompt, however short",
    "question_ttr": "distinct words of the prompt over its words",
}
#: words below which MTLD tells how long a question is (Koizumi 2012)
FLOOR = 100
#: what most scorers give, and in general words; the scorer is that of the row's language, `radon.cyclomatic` names one
COMPLEXITY: Mapping[str, str] = {
    "cyclomatic": "cyclomatic complexity of the program",
    "cyclomatic_max": "that of its most complex function",
    "cyclomatic_sum": "that of its functions together",
    "functions": "functions of the program",
    "halstead_vocabulary": "Halstead vocabulary",
    "halstead_length": "Halstead length",
    "halstead_volume": "Halstead volume",
    "halstead_difficulty": "Halstead difficulty",
}
#: numbers that a source may know
COLUMNS: Mapping[str, str] = {"stars": "stars of the repository", "repository_size": "bytes of the repository"}


def known() -> dict[str, str]:
    """Every measure by name, with what it counts."""
    from kcoder.tables.features import FEATURES

    return {**FEATURES, **MARKS, **_complexities(), **COLUMNS}


def _complexities() -> dict[str, str]:
    """Every value that any scorer gives."""
    found: dict[str, str] = {}
    for name in names("scorers"):
        with suppress(UsageError):  # a broken package is named only where its scorer is
            found |= load("scorers", name).values
    return {**found, **COMPLEXITY}


def check_known(name: str) -> None:
    """Raises UsageError, with the near miss, for a measure there is none of."""
    scorer, _, value = name.rpartition(".")
    if scorer and scorer not in names("scorers"):
        hint = f"for example radon.cyclomatic; {choice(scorer, names('scorers'))}"
        raise UsageError(f"no scorer gives {name!r}", hint)
    if scorer and value not in (values := load("scorers", scorer).values):
        raise UsageError(f"no scorer gives {name!r}", f"of what {scorer} gives: {choice(value, values)}")
    if not scorer and name not in known():
        raise UsageError(f"no measure of rows is called {name!r}", choice(name, known()))


def measure(rows: pl.DataFrame, wanted: Iterable[str], host: Host) -> pl.DataFrame:
    """The wanted measures of each row, a column each, in the order of `rows`. Raises UsageError for an unknown one."""
    import polars as pl

    from kcoder.tables.features import FEATURES
    from kcoder.tables.features import measure as shapes

    wanted = list(dict.fromkeys(wanted))
    for name in wanted:
        check_known(name)
    columns: dict[str, pl.Series] = {}
    if shape := [name for name in wanted if name in FEATURES]:
        columns |= {column.name: column for column in shapes(rows["text"], shape)}
    for name in wanted:
        if name in MARKS:
            columns[name] = _mark(name, rows)
        elif name in COLUMNS:
            columns[name] = rows[name]
    columns |= _complexity(rows, [name for name in wanted if name not in columns], host)
    return pl.DataFrame([columns[name].alias(name) for name in wanted])


def numbers(measured: pl.DataFrame) -> pl.DataFrame:
    """Measures as numbers: 1 where something is true, or a text says what was found, else 0; null where not known."""
    import polars as pl
    import polars.selectors as cs

    return measured.with_columns(cs.string().is_not_null()).cast(pl.Float64)


def _mark(name: str, rows: pl.DataFrame) -> pl.Series:
    import polars as pl

    from kcoder.tables import marks

    here = {each: load("languages", each) for each in rows["language"].drop_nulls().unique() if each in _languages()}
    if name in ("secrets", "personal"):
        found: pl.Series = getattr(marks, name)(rows)
    elif name in ("generated", "licence_only"):
        found = getattr(marks, name)(rows, here)
    elif name == "parses":
        found = pl.Series([_parses(here, *row) for row in rows.select("language", "prompt", "text").iter_rows()])
        found = found.cast(pl.Boolean)
    else:
        found = _question(name, rows["prompt"].fill_null(""))
    return found


def _question(name: str, prompts: pl.Series) -> pl.Series:
    import polars as pl

    from kcoder.scoring.mtld import mtld, type_token_ratio, words

    if name == "question_characters":
        return prompts.str.len_chars()
    if name == "question_words":
        return prompts.str.count_matches(r"\S+")
    spoken = [words(prompt) for prompt in prompts]
    least = FLOOR if name == "question_mtld" else 0
    score = type_token_ratio if name == "question_ttr" else mtld
    return pl.Series([score(each) if len(each) >= least else None for each in spoken], dtype=pl.Float64)


def _parses(languages: Mapping[str, Language], name: str | None, prompt: str | None, text: str) -> bool | None:
    language = languages.get(name or "")
    if language is None:
        return None
    alone = language.parses(text)
    return language.parses(prompt + text) if alone is False and prompt else alone


def _languages() -> list[str]:
    return names("languages")


def _complexity(rows: pl.DataFrame, wanted: list[str], host: Host) -> dict[str, pl.Series]:
    if not wanted:
        return {}
    from kcoder.scoring.complexity import complexity

    found: dict[str, pl.Series] = {}
    for scorer in dict.fromkeys(name.rpartition(".")[0] for name in wanted):
        scores = complexity(rows, load("scorers", scorer)() if scorer else None, host)
        for name in (n for n in wanted if n.rpartition(".")[0] == scorer):
            value = name.rpartition(".")[2]  # a value that no row's scorer has is not known
            found[name] = scores[value] if value in scores.columns else scores["cyclomatic"].clear(rows.height)
    return found
