"""Made functions to learn from, with nothing to download; benchmarks/mini.py has problems of the kind."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from kcoder.errors import UsageError
from kcoder.plugin import option
from kcoder.source import Source, Wanted

if TYPE_CHECKING:
    import polars as pl


class Mini(Source):
    """Small functions over numbers, strings and words, made by a seeded program.

    The prompt is the head of a function with what it says, the text is its body. No skeleton is one that a
    problem of the mini benchmarks has. Another mix of languages draws other functions.
    """

    functions: int = option(20_000, "functions to make, in all languages together", source="own choice", gt=0)

    def batches(self, wanted: Wanted) -> Iterator[pl.DataFrame]:
        """Languages stand mixed. Raises UsageError for a language mini cannot write, or shares below zero."""
        from kcoder.records import Document, frame

        yield frame(Document, list(self._made(wanted.languages or {"python": 1.0}, wanted.seed)))

    def count(self) -> int:
        return self.functions

    def _made(self, languages: Mapping[str, float], seed: int) -> Iterator[dict[str, str]]:
        from kcoder.mini.catalogue import skeletons
        from kcoder.mini.writers import writer

        writers = {language: writer(language) for language in languages}
        chance = random.Random(f"mini {seed} {sorted(languages.items())}")
        order = [language for language, n in apportion(languages, self.functions).items() for _ in range(n)]
        chance.shuffle(order)
        known = skeletons("train")
        for at, language in enumerate(order):
            function = chance.choice(known).draw(chance)
            yield {
                "id": f"mini-{seed}-{at:06}",
                "prompt": writers[language].prompt(function),
                "text": writers[language].body(function),
                "language": language,
                "source": "mini",
            }


def apportion(shares: Mapping[str, float], total: int) -> dict[str, int]:
    """Whole numbers in proportion to the shares that add up to `total`, by the largest remainder."""
    whole = sum(shares.values())
    if min(shares.values()) < 0 or not whole > 0:
        raise UsageError(f"shares of languages must be positive: {dict(shares)}")
    exact = {language: total * share / whole for language, share in sorted(shares.items())}
    counts = {language: int(wanted) for language, wanted in exact.items()}
    short = total - sum(counts.values())
    for language in sorted(exact, key=lambda name: counts[name] - exact[name])[:short]:
        counts[language] += 1
    return counts
