"""Everything that can be measured of one row, by name: for filters, for `data.keep`, for statistics.

What several ask for is measured once. A measure is null where it is not known: a program that does not parse has
no complexity.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
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
}
#: complexity of the program, by the scorer its language names; `radon.cyclomatic` and so on name another
COMPLEXITY: Mapping[str, str] = {
    "cyclomatic": "cyclomatic complexity of the program",
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

    return {**FEATURES, **MARKS, **COMPLEXITY, **COLUMNS}


def check_known(name: str) -> None:
    """Raises UsageError, with the near miss, for a measure there is none of."""
    scorer, _, value = name.rpartition(".")
    if scorer and (scorer not in names("scorers") or value not in COMPLEXITY):
        raise UsageError(f"no scorer gives {name!r}", f"for example radon.cyclomatic; {choice(value, COMPLEXITY)}")
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
        question = rows["prompt"].fill_null("")
        found = question.str.len_chars() if name == "question_characters" else question.str.count_matches(r"\S+")
    return found


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
        found |= {n: scores[n.rpartition(".")[2]] for n in wanted if n.rpartition(".")[0] == scorer}
    return found
