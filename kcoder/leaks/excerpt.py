"""The lines of a text from one of its tokens to another: what a person is shown of a match."""

from __future__ import annotations

import polars as pl

from kcoder.leaks.tokens import OPERATOR_WORDS, PROSE, Marks, kind, pattern

#: characters that are shown at most
LONGEST = 2000


def excerpt(text: str, marks: Marks | None, first: int, last: int) -> str:
    """Whole lines, from the token of number `first` to that of number `last`.

    Tokens are those that `tokens.code` keeps of this text or, without marks, those of `tokens.words`.
    """
    lowered = text if marks else pl.select(pl.lit(text).str.to_lowercase()).item()
    text = text if len(text) == len(lowered) else lowered  # a few letters have no lower case of their own length
    places, at = [], 0
    for token in pl.Series([lowered]).str.extract_all(pattern(marks) if marks else PROSE)[0]:
        begin = lowered.index(token, at)
        at = begin + len(token)
        if _kept(token, marks):
            places.append((begin, at))
    begin = text.rfind("\n", 0, places[first][0]) + 1
    end = text.find("\n", places[last][1])
    return beginning(text[begin : end if end >= 0 else len(text)])


def beginning(text: str) -> str:
    """As much of a text as is shown of any."""
    return text if len(text) <= LONGEST else text[:LONGEST] + " …"


def _kept(token: str, marks: Marks | None) -> bool:
    if marks is None:
        return token[0].isalnum() or token in OPERATOR_WORDS
    return kind(token, marks) not in ("dropped", "passage")
