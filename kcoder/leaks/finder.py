"""Finds benchmark problems in rows: by what they ask, by how they are solved, or by both.

A row holds a problem where it covers enough of the prompt's prose or of the solution's code (`share`) and that is
evidence enough. Evidence is counted in tokens, see coverage.py; what a copy with every name changed does not reach is
too short to be told from chance, and is found in company only.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from kcoder.leaks.coverage import Cover, Index
from kcoder.leaks.excerpt import excerpt
from kcoder.leaks.prose import head, prose
from kcoder.leaks.tokens import Marks, Tokens, code, words

#: tokens in a row that two texts share, of code and of prose
CODE_GRAM, PROSE_GRAM = 6, 5
#: evidence that is enough, of code alone and of prose alone; and of both together, as the sum of these shares
CODE_ENOUGH, PROSE_ENOUGH, BOTH_ENOUGH = 13.5, 8.0, 1.5
#: tokens that code may have between two pieces before it counts as another function; prose has examples there
GAP = 3
#: what decides, for who wants to know
SETTINGS = {
    "code": {"tokens": CODE_GRAM, "enough": CODE_ENOUGH},
    "prose": {"tokens": PROSE_GRAM, "enough": PROSE_ENOUGH},
    "both": {"enough": BOTH_ENOUGH},
}


@dataclass(frozen=True)
class Sought:
    """A problem to look for, with the comment marks of its language."""

    benchmark: str
    language: str
    id: str
    prompt: str
    solution: str
    marks: Marks

    @property
    def set(self) -> str:
        """Problems it is unlike: those of its benchmark in its language."""
        return f"{self.benchmark} {self.language}"

    @property
    def text(self) -> str:
        """Prompt and solution as one, as a person is shown them."""
        return f"{self.prompt.rstrip(chr(10))}\n{self.solution}"


@dataclass(frozen=True)
class Found:
    """A problem and a row that holds it, both by number; `share` is how much of the prompt or solution is covered."""

    problem: int
    row: int
    share: float
    how: str
    excerpt: str


@dataclass(frozen=True)
class _Seen:
    """A cover with what it takes to show it."""

    cover: Cover
    tokens: Tokens
    marks: Marks | None

    def excerpt(self) -> str:
        """The lines of the row that cover the problem."""
        cover, start = self.cover, int(self.tokens.bounds[self.cover.passage])
        return excerpt(self.tokens.texts[cover.passage], self.marks, cover.start - start, cover.end - 1 - start)


class Finder:
    """Looks for problems in batches of rows."""

    def __init__(self, sought: Sequence[Sought], *, common: int, share: float) -> None:
        self.sought = sought
        #: for each style of comments: the numbers of the problems and the index of their solutions
        self._code: dict[Marks, tuple[list[int], Index]] = {}
        for marks in dict.fromkeys(each.marks for each in sought):
            numbers = [n for n, each in enumerate(sought) if each.marks == marks and each.solution.strip()]
            if numbers:
                heads = pl.Series([head(sought[n].prompt, marks) for n in numbers], dtype=pl.String)
                solutions = code(heads + pl.Series([sought[n].solution for n in numbers]), marks, depth=1)
                sets = [sought[n].set for n in numbers]
                optional = np.diff(code(heads, marks, depth=1).bounds).tolist()
                index = Index(solutions, sets, n=CODE_GRAM, common=common, share=share, gap=GAP, head=optional)
                self._code[marks] = numbers, index
        asked = words(pl.Series([prose(each.prompt, each.marks) for each in sought], dtype=pl.String))
        self._prose = Index(asked, [each.set for each in sought], n=PROSE_GRAM, common=common, share=share)

    def found_by(self) -> list[frozenset[str]]:
        """For each problem whether its prompt alone, and its solution alone with other names, would be found."""
        by: list[set[str]] = [set() for _ in self.sought]
        for number in np.flatnonzero(self._prose.best() >= PROSE_ENOUGH).tolist():
            by[number].add("prompt")
        for numbers, index in self._code.values():
            for at in np.flatnonzero(index.best() >= CODE_ENOUGH).tolist():
                by[numbers[at]].add("solution")
        return [frozenset(each) for each in by]

    def find(self, texts: pl.Series, marks: Sequence[Marks | None]) -> list[Found]:
        """Every problem in every row, in order. `marks` are those of a row's language, None where it has none.

        A row of unknown language is read in the manner of every language there are problems in.
        """
        asked, solved = self._asked(texts), self._solved(texts, marks)
        found = []
        for row, problem in sorted(asked.keys() | solved.keys()):
            by = {"prompt": asked.get((row, problem)), "solution": solved.get((row, problem))}
            seen = _enough(by)
            if seen:
                how = "both" if len(seen) == 2 else next(iter(seen))
                share = max(each.cover.share for each in seen.values())
                shown = "\n\n".join(each.excerpt() for each in seen.values())
                found.append(Found(problem, row, share, how, shown))
        return found

    def _asked(self, texts: pl.Series) -> dict[tuple[int, int], _Seen]:
        tokens = words(texts)
        return _best((c.row, c.problem, _Seen(c, tokens, None)) for c in self._prose.covers(tokens))

    def _solved(self, texts: pl.Series, marks: Sequence[Marks | None]) -> dict[tuple[int, int], _Seen]:
        best: dict[tuple[int, int], _Seen] = {}
        for style, (numbers, index) in self._code.items():
            rows = [n for n, own in enumerate(marks) if own in (style, None)]
            if rows:
                tokens = code(texts.gather(rows), style)
                covers = ((rows[c.row], numbers[c.problem], _Seen(c, tokens, style)) for c in index.covers(tokens))
                best |= _best(covers)
        return best


def _best(covers: Iterable[tuple[int, int, _Seen]]) -> dict[tuple[int, int], _Seen]:
    """Of the passages of a row that cover a problem the one with the most evidence, by row and problem."""
    best: dict[tuple[int, int], _Seen] = {}
    for row, problem, seen in covers:
        known = best.get((row, problem))
        if known is None or seen.cover.evidence > known.cover.evidence:
            best[row, problem] = seen
    return best


def _enough(by: dict[str, _Seen | None]) -> dict[str, _Seen]:
    """The parts of a problem that a row holds: each by itself or, where that is too little, both together."""
    need = {"prompt": PROSE_ENOUGH, "solution": CODE_ENOUGH}
    strength = {part: seen.cover.evidence / need[part] for part, seen in by.items() if seen}
    if len(strength) == 2 and min(strength.values()) > 0 and sum(strength.values()) >= BOTH_ENOUGH:
        return {part: seen for part, seen in by.items() if seen}
    return {part: seen for part, seen in by.items() if seen and strength[part] >= 1}
