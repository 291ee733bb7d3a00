"""Which texts cover problems: an index of the problems' n-grams, one pass over the texts, a close look at what hits.

A text covers a token of a problem where both share a run of n-grams under one renaming, within a stretch of the text
hardly longer than the problem. N-grams that stand in many other problems are idioms and are left out. What is covered
counts as evidence by how little the other problems foretell it (see surprise.py); edits speak against.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from kcoder.leaks.grams import grams
from kcoder.leaks.surprise import bits
from kcoder.leaks.tiling import Text, Tile, Tiling, runs
from kcoder.leaks.tokens import Flags, Hashes, Places, Tokens

#: bits of surprise that make a token count whole
WHOLE = 2.0
#: what an unusual name or string counts that was not changed, and what an edit takes off, in tokens
NAME, EDIT = 6.0, 3.0
#: between larger pieces, pieces of so many tokens are found too
SMALL = 3
#: a stretch that covers a problem is at most this much longer than the problem, plus so many tokens
LONGER, MORE = 1.5, 20
#: places of the table that says which hashes are worth a look
SIEVE = 1 << 22


@dataclass(frozen=True)
class Cover:
    """How much of a problem a row covers: its share, the evidence in tokens, and where in the passage."""

    problem: int
    row: int
    share: float
    evidence: float
    passage: int
    start: int
    end: int


class Index:
    """Problems by their n-grams. `sets` names each one's benchmark and language, among which it is unlike others.

    Up to `gap` tokens that a text puts between two pieces of a problem count as an edit each, more of them as one.
    The first `head` tokens of each problem may be missing; their names count where they were not changed.
    """

    def __init__(
        self,
        problems: Tokens,
        sets: Sequence[str],
        *,
        n: int,
        common: int,
        share: float,
        gap: int = 0,
        head: Sequence[int] = (),
    ) -> None:
        self.n, self.share, self.gap = n, share, gap
        self.tokens, self.bounds = problems, problems.bounds
        self.grams = grams(problems, n)
        self.weight = np.minimum(bits(problems, sets) / WHOLE, 1.0)
        #: by token: an identifier or string that few other problems of the set have
        self.rare = _rare(problems, sets, common)
        table = self._table(sets).filter(pl.col("others") < common)
        #: tokens a copy must have: those that an n-gram covers which is no idiom, the head of the function aside
        self.due = np.zeros(len(problems.name), np.bool_)
        for at in range(n):
            self.due[table["token"].to_numpy() + at] = True
        for number, tokens in enumerate(head):
            self.due[self.bounds[number] : self.bounds[number] + tokens] = False
        self.size = np.bincount(problems.passage[self.due], minlength=len(sets))
        self._hashes = table["gram"].to_numpy()
        self._problem, self._place = table["problem"].to_numpy(), table["place"].to_numpy()
        self._sieve = np.zeros(SIEVE, np.bool_)
        self._sieve[_slot(self._hashes)] = True

    def _table(self, sets: Sequence[str]) -> pl.DataFrame:
        """Each n-gram with its problem, its place in it, and how many others of the same set have it, by hash."""
        token = np.flatnonzero(self.grams)
        problem = self.tokens.passage[token]
        table = pl.DataFrame(
            {
                "gram": self.grams[token],
                "problem": problem,
                "token": token,
                "place": token - self.bounds[problem],
                "set": pl.Series(list(sets), dtype=pl.String).gather(problem),
            }
        )
        # the same problem stands in several benchmarks and languages: counted is within each
        having = table.group_by("gram", "set").agg(having=pl.col("problem").n_unique())
        others = having.group_by("gram").agg(others=pl.col("having").max() - 1)
        return table.join(others, on="gram", how="left").sort("gram", "problem", "place")

    def best(self) -> npt.NDArray[np.float64]:
        """The evidence that a whole copy of each problem gives with every name changed."""
        told = np.bincount(self.tokens.passage, self.weight * self.due, minlength=len(self.size))
        return told.astype(np.float64)

    def covers(self, texts: Tokens) -> Iterator[Cover]:
        """Every passage that covers enough of a problem, with the evidence. A row may come more than once."""
        hashes = grams(texts, self.n)
        bounds = texts.bounds
        passages, problems, places, tokens = self._hits(texts, hashes)
        if not len(passages):
            return
        starts = np.flatnonzero(np.diff(passages, prepend=-1) | np.diff(problems, prepend=-1))
        for low, high in zip(starts, [*starts[1:], len(passages)], strict=True):
            passage, problem = int(passages[low]), int(problems[low])
            longest = int(LONGER * self._length(problem) + MORE)
            first, last, different = _densest(places[low:high], tokens[low:high], longest)
            if different * self.n < self.size[problem] * self.share:
                continue
            begins, ends = int(tokens[low + first]), int(tokens[low + last]) + self.n
            spare = max((longest - (ends - begins)) // 2, self.n)
            start, end = max(int(bounds[passage]), begins - spare), min(int(bounds[passage + 1]), ends + spare)
            cover = self._cover(problem, texts, hashes, start, end)
            if cover.share >= self.share:
                yield cover

    def _length(self, problem: int) -> int:
        return int(self.bounds[problem + 1] - self.bounds[problem])

    def _hits(self, texts: Tokens, hashes: Hashes) -> tuple[Places, Places, Places, Places]:
        """N-grams of the texts that are a problem's: passage, problem, place in the problem, token of the texts.

        Sorted; only of passages that have enough of them to cover the share of a problem.
        """
        at = np.flatnonzero(self._sieve[_slot(hashes)] & (hashes != 0))
        first = np.searchsorted(self._hashes, hashes[at], "left")
        count = np.searchsorted(self._hashes, hashes[at], "right") - first
        entry = np.repeat(first - np.cumsum(count) + count, count) + np.arange(count.sum())
        token = np.repeat(at, count)
        hits = pl.DataFrame(
            {
                "passage": texts.passage[token],
                "problem": self._problem[entry],
                "place": self._place[entry],
                "token": token,
            }
        )
        enough = pl.DataFrame(
            {"problem": np.arange(len(self.size)), "least": np.maximum(self.size * self.share, 1) / self.n}
        )
        met = hits.group_by("passage", "problem").agg(met=pl.col("place").n_unique())
        met = met.join(enough, on="problem").filter(pl.col("met") >= pl.col("least"))
        hits = hits.join(met, on=["passage", "problem"], how="semi").sort("passage", "problem", "token", "place")
        passages, problems, places, tokens = (hits[column].to_numpy() for column in hits.columns)
        return passages, problems, places, tokens

    def _cover(self, problem: int, texts: Tokens, hashes: Hashes, start: int, end: int) -> Cover:
        """A close look at one stretch of the text."""
        low, high = int(self.bounds[problem]), int(self.bounds[problem + 1])
        tiling = Tiling(_text(self.tokens, low, high), _text(texts, start, end))
        tiling.lay(runs(self.grams[low:high], _inside(hashes[start:end], self.n), self.n), self.n)
        if tiling.tiles and not tiling.covered.all():
            tiling.lay(_small(tiling), SMALL)
        due = self.due[low:high]
        covered = tiling.covered & due
        share = covered.sum() / max(due.sum(), 1)
        kept = sum(map(tiling.unchanged, np.flatnonzero(self.rare[low:high]).tolist()))
        edits = int((due & ~tiling.covered).sum()) + tiling.gaps(self.gap)
        evidence = float(self.weight[low:high][covered].sum()) + NAME * kept - EDIT * edits
        used = np.flatnonzero(tiling.used)
        span = (start + int(used[0]), start + int(used[-1]) + 1) if len(used) else (start, start)
        passage = int(texts.passage[start])
        return Cover(problem, int(texts.rows[passage]), float(share), evidence, passage, *span)


def _small(tiling: Tiling) -> list[Tile]:
    """Runs of SMALL tokens or more among those that no tile covers yet, names aside."""
    left = np.where(tiling.covered, 0, tiling.left.value + np.uint64(2))
    right = np.where(tiling.used, 1, tiling.right.value + np.uint64(2))
    same = np.zeros((len(left) + SMALL, len(right) + SMALL), np.bool_)
    same[: len(left), : len(right)] = left[:, None] == right[None, :]
    begins = same[: len(left), : len(right)].copy()
    for at in range(1, SMALL):
        begins &= same[at : at + len(left), at : at + len(right)]
    begins[1:, 1:] &= ~same[: len(left) - 1, : len(right) - 1]  # else it begins earlier
    found = []
    for one, other in np.argwhere(begins).tolist():
        length = SMALL
        while same[one + length, other + length]:
            length += 1
        found.append(Tile(one, other, length))
    return found


def _rare(problems: Tokens, sets: Sequence[str], common: int) -> Flags:
    """The telling tokens that fewer than `common` other problems of a set have, at their first place in a problem."""
    written = np.where(problems.value == 0, problems.name, problems.value)
    told = pl.DataFrame({"token": np.arange(len(written)), "written": written, "problem": problems.passage})
    told = told.filter(pl.Series(problems.telling)).unique(["written", "problem"], keep="first", maintain_order=True)
    told = told.with_columns(set=pl.Series(list(sets), dtype=pl.String).gather(told["problem"]))
    others = pl.len().over("written", "set").max().over("written") - 1
    found = np.zeros(len(written), np.bool_)
    found[told.filter(others < common)["token"].to_numpy()] = True
    return found


def _densest(places: Places, tokens: Places, longest: int) -> tuple[int, int, int]:
    """The stretch of at most `longest` tokens with the most different n-grams: its first and last hit, and how many."""
    stands, at = places.tolist(), tokens.tolist()
    counts = [0] * (max(stands) + 1)
    different = first = 0
    found = (0, 0, 0)
    for last, place in enumerate(stands):
        counts[place] += 1
        different += counts[place] == 1
        while at[last] - at[first] > longest:
            counts[stands[first]] -= 1
            different -= counts[stands[first]] == 0
            first += 1
        if different > found[2]:
            found = (first, last, different)
    return found


def _text(tokens: Tokens, start: int, end: int) -> Text:
    return Text(tokens.name[start:end], tokens.value[start:end])


def _inside(hashes: Hashes, n: int) -> Hashes:
    """The n-grams that end inside a stretch."""
    found = hashes.copy()
    found[max(0, len(found) - n + 1) :] = 0
    return found


def _slot(hashes: Hashes) -> npt.NDArray[np.int64]:
    return (hashes >> np.uint64(8) & np.uint64(SIEVE - 1)).astype(np.int64)
