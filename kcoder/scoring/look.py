"""What a person may want to look at in a data set, from its figures alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

Figures = Mapping[str, Any]

#: shares of rows from which something is worth a word
MANY, SOME = 0.2, 0.01


def worth_a_look(told: Figures) -> list[str]:
    """Sentences, the weightiest first; none where nothing stands out."""
    return [*_leaks(told), *_parsing(told), *_programs(told), *_problems(told), *_questions(told)]


def _leaks(told: Figures) -> Iterator[str]:
    for name, found in (told.get("leaks") or {}).get("benchmarks", {}).items():
        if found["problems"]:
            yield f"{found['problems']:,} of {found['of']:,} problems of {name} stand in these rows"


def _parsing(told: Figures) -> Iterator[str]:
    rows, tried = told["rows"], " or ".join(told["parse"])
    if told["other"] > MANY * rows and tried:
        yield f"{_percent(told['other'], rows)} of answers do not parse as {tried}"
    for language, parse in told["parse"].items():
        named = told["languages"].get(language, 0)
        if named and parse < (1 - SOME) * named:
            yield f"{named - parse:,} of {named:,} rows in {language} do not parse"
        nothing = parse - told["define"].get(language, parse)
        if nothing > MANY * parse:
            yield f"{nothing:,} that parse define nothing"


def _programs(told: Figures) -> Iterator[str]:
    for each in told["code"]:
        if not each["scorers"]:
            continue
        idle = each["programs"] - each["unreadable"] - each["real"]
        if idle > SOME * each["programs"]:
            yield f"{idle:,} that parse as {each['language']} do nothing: prose, numbers, data"
        if each["unreadable"]:
            unread = f"{each['unreadable']:,} {each['language']} programs"
            yield f"{unread} have no complexity: {each['scorers'][0]} cannot read them"
        yield from _arithmetic(each)


def _arithmetic(code: Figures) -> Iterator[str]:
    """Radon's Halstead of a program that opens, strips and prints is 0, however long it is."""
    radon, token = (code["values"].get(f"{scorer}.halstead_length") for scorer in ("radon", "token"))
    if radon and token and not radon["median"] and token["median"]:
        counted = "it counts arithmetic, comparisons and boolean operators alone; token counts all"
        yield f"radon's Halstead measures are 0 for most {code['language']} programs: {counted}"


def _problems(told: Figures) -> Iterator[str]:
    for each in told["problems"]:
        if each["count"] > SOME * each["of"]:
            yield f"{each['label']}: {_percent(each['count'], each['of'])} of rows"


def _questions(told: Figures) -> Iterator[str]:
    scores = {each["metric"]: each for each in told["scores"] if each["language"] is None}
    floored = scores.get("question_mtld")
    if floored and not floored["n"]:
        yield "questions are too short for MTLD, which of short texts measures their length"


def _percent(count: int, of: int) -> str:
    share = 100 * count / of
    return f"{share:.0f} %" if share >= 1 else f"{share:.1f} %"
