"""Rows into train, valid and test, so that what is alike stays together and new rows move no old ones."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from pydantic import model_validator

from kcoder.errors import KcoderError
from kcoder.host import Host
from kcoder.plugin import option
from kcoder.records import Document, Record
from kcoder.stage import Facts, Input, Output, Stage, target

if TYPE_CHECKING:
    import polars as pl


class Split(Stage):
    """Groups of rows go where a hash says: to `valid` below that share, and so on.

    A group is what belongs to one repository, or hangs together by near duplicates (Jaccard of word shingles at or
    above `threshold`); equal rows are always one. A group's hash is the smallest of its rows' own, over prompt and
    text, so that a row that is added moves only the group it joins, and that seldom. The shares hold on average.

    Afterwards every pair between train and the rest is searched for once more: that none is found is the proof that
    no row of valid or test has a near duplicate in train.
    """

    revision: ClassVar[int] = 2
    produces: ClassVar[Mapping[str, type[Record]]] = {"train": Document, "valid": Document, "test": Document}

    rows: Input[Document]
    train: float = option(0.90, "share of the rows", source="P3 §3.2", gt=0, lt=1)
    valid: float = option(0.05, "share of the rows", source="P3 §3.2", gt=0, lt=1)
    test: float = option(0.05, "share of the rows", source="P3 §3.2", ge=0, lt=1)
    by: tuple[Literal["repository", "near"], ...] = option(
        ("repository", "near"), "what keeps rows together: their repository, being near duplicates", source="own choice"
    )
    threshold: float = option(0.7, "Jaccard similarity of near duplicates", source="own choice", gt=0, le=1)
    seed: int = option(0, "of the hash", source="own choice", ge=0)

    @model_validator(mode="after")
    def _add_up(self) -> Split:
        total = self.train + self.valid + self.test
        if abs(total - 1) > 1e-6:
            raise ValueError(f"train, valid and test add up to {total:g}, not 1")
        return self

    @classmethod
    def conserves(cls) -> bool:
        return True

    def describe(self) -> str:
        kept = f", by {' and '.join(self.by)}" if self.by else ""
        return f"{self.train:.0%} train, {self.valid:.0%} valid, {self.test:.0%} test{kept}"

    def summary(self, facts: Facts) -> str:
        return "    ".join(f"{facts[name]:,} {name}" for name in self.produces)

    def run(self, inputs: Mapping[Output[Any], Path], out: Path, host: Host) -> Facts:
        import polars as pl

        from kcoder.tables.licences import counted

        rows = pl.read_parquet(inputs[self.rows])
        parts, found = self._parts(rows, host)
        facts: Facts = {"in": rows.height, "licences": counted(rows["licence"]), "characters": {}}
        for name in self.produces:
            part = rows.filter(parts == name)
            if part.is_empty() and name != "test":
                raise KcoderError(
                    f"no row of {rows.height:,} fell to {name}, whose share is {getattr(self, name):g}; the largest of "
                    f"{found['groups']:,} groups that stay together has {found['largest_group']:,} rows",
                    f"give {name} a larger share in split, bring more rows, or keep less together: split: {{by: []}}",
                )
            part.write_parquet(target(out, name, Document))
            facts[name] = part.height
            facts["characters"][name] = int(part["text"].str.len_chars().sum())
        return facts | found

    def publish(self, artifact: Path, run: Path, diary: Mapping[str, Any]) -> None:
        """The card of the data, beside the links to the steps that made them."""
        from kcoder.reporting.data_card import data_card

        for step in diary.get("steps", []):
            if step["artifact"] != artifact.name:
                continue
            at = step["step"].rpartition(".")[0]
            packed = [s for s in diary["steps"] if _packs(s.get("asked", {}), step["key"])]
            for variant in step["variants"]:
                steps = [s for s in diary["steps"] if variant in s["variants"] and s["step"].startswith(f"{at}.")]
                place = run / (variant if len(step["variants"]) == 1 else "") / f"{at}.README.md"
                place.parent.mkdir(parents=True, exist_ok=True)
                place.write_text(data_card(run.name, at, steps, packed), "utf-8")

    def part(self, digest: bytes) -> str:
        """Where a group goes whose smallest digest this is: a number between 0 and 1 is compared with the shares."""
        # digested once more: the smallest of many is small, and large groups would all go to valid
        place = int.from_bytes(hashlib.sha256(digest).digest()[:8], "big") / 2**64
        if place < self.valid:
            return "valid"
        return "test" if place < self.valid + self.test else "train"

    def _parts(self, rows: pl.DataFrame, host: Host) -> tuple[pl.Series, Facts]:
        """The part of each row, and what was found on the way."""
        import polars as pl

        digests = [
            hashlib.sha256(f"{self.seed}\0{prompt or ''}\0{text}".encode()).digest()
            for prompt, text in rows.select("prompt", "text").iter_rows()
        ]
        same = [pl.Series(digests, dtype=pl.Binary)]
        if "repository" in self.by:
            same.append(rows["repository"])
        texts = pl.select(pl.concat_str(rows["prompt"].fill_null(""), rows["text"], separator="\n")).to_series()
        if "near" in self.by:
            from kcoder.similarity.clusters import near_clusters

            host.progress("looking for near duplicates")
            same.append(pl.Series(near_clusters(texts, self.threshold)))
        groups = _groups(same)
        smallest: dict[int, bytes] = {}
        for group, digest in zip(groups, digests, strict=True):
            smallest[group] = min(digest, smallest.get(group, digest))
        parts = pl.Series([self.part(smallest[group]) for group in groups], dtype=pl.String)
        sizes = groups.value_counts()["count"]
        found: Facts = {"groups": len(sizes), "largest_group": sizes.max() or 0}
        if "near" in self.by:
            found["near_duplicates_across"] = self._proven(rows["id"], texts, parts)
        return parts, found

    def _proven(self, ids: pl.Series, texts: pl.Series, parts: pl.Series) -> int:
        """The number of near duplicates between train and the rest: none, or the split is wrong."""
        from kcoder.similarity.across import pairs_across

        for held, other, jaccard in pairs_across(texts, (parts != "train").to_numpy(), self.threshold):
            raise KcoderError(
                f"{ids[held]} is held out and {ids[other]} is trained on, at Jaccard {jaccard:.2f}",
                "this is a defect of split",
            )
        return 0


def _packs(asked: Mapping[str, Any], split: str) -> bool:
    """Whether a step was asked to pack the rows of the split of this key."""
    return asked.get("is") == "pack" and asked["rows"].get("key") == split


def _groups(same: list[pl.Series]) -> pl.Series:
    """The group of each row, by number: what has any value in common, directly or by way of others."""
    import numpy as np
    import polars as pl
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    rows = np.arange(len(same[0]))
    ends: list[tuple[Any, Any]] = []
    for column in same:
        told = pl.DataFrame({"value": column, "row": rows}).drop_nulls("value")
        ends.append((told.select(pl.col("row").min().over("value"))["row"].to_numpy(), told["row"].to_numpy()))
    left, right = (np.concatenate([pair[side] for pair in ends]) for side in (0, 1))
    graph = coo_array((np.ones(len(left), np.bool_), (left, right)), shape=(len(rows), len(rows)))
    return pl.Series(connected_components(graph, directed=False)[1])
