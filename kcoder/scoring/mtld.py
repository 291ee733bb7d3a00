"""Lexical diversity of a text: MTLD and the type-token ratio.

MTLD (McCarthy & Jarvis 2010, "MTLD, vocd-D, and HD-D", pp. 384-386) is the mean number of words in a row whose
type-token ratio stays above a threshold, taken forwards and backwards. Words, and the last stretch of a text that never
falls to the threshold, are treated as lexicalrichness 0.5.1 does, so that values equal its.
"""

from __future__ import annotations

import string
from collections.abc import Iterable, Sequence

#: recommended between .660 and .750 (McCarthy & Jarvis 2010, p. 385)
THRESHOLD = 0.72

_TABLE = str.maketrans(
    dict.fromkeys(string.punctuation, " ") | dict.fromkeys(string.digits + "-\N{EN DASH}\N{EM DASH}", None)
)


def words(text: str) -> list[str]:
    """Lower case, without ASCII digits, hyphens and dashes; other ASCII punctuation and white space part words."""
    return text.lower().translate(_TABLE).split()


def type_token_ratio(tokens: Sequence[str]) -> float | None:
    """Distinct words over words; None of no words."""
    return len(set(tokens)) / len(tokens) if tokens else None


def mtld(tokens: Sequence[str], threshold: float = THRESHOLD) -> float | None:
    """The mean of the forward and the backward measure, in words; None of no words.

    Of a text that repeats no word it is the number of its words: below some length it measures length.
    """
    if not tokens:
        return None
    if len(set(tokens)) == len(tokens):
        return float(len(tokens))
    forward, backward = _factors(tokens, threshold), _factors(reversed(tokens), threshold)
    return (len(tokens) / forward + len(tokens) / backward) / 2


def _factors(tokens: Iterable[str], threshold: float) -> float:
    """How often the ratio of distinct words falls to the threshold, with a share for what is left at the end."""
    factors = 0
    count = 0
    seen: set[str] = set()
    for word in tokens:
        count += 1
        # a new word only raises the ratio
        if word not in seen:
            seen.add(word)
        elif len(seen) / count <= threshold:
            factors += 1
            count = 0
            seen = set()
    left = (1 - len(seen) / count) / (1 - threshold) if count else 0.0
    return factors + left or 1.0
