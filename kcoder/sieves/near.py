"""Near duplicates: rows that share most of their shingles."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from kcoder.filter import Sieve, Sifted
from kcoder.host import Host
from kcoder.plugin import option
from kcoder.similarity.visit import Order, reads, visit

if TYPE_CHECKING:
    import polars as pl

    from kcoder.similarity.jaccard import Jaccard
    from kcoder.similarity.minhash import Banding
    from kcoder.similarity.shingles import Hashes, Ints

#: rows read at a time
ROWS = 4096


class Near(Sieve):
    """Of rows whose words are much alike one is kept.

    Rows are visited in the order of `keep`, and a row falls where one that stays is at least `threshold` similar:
    what falls is truly similar to the row named as its evidence. (Of whole connected components a fifth of what falls
    would not be: measured on 10,000 files.) Candidates are found by MinHash, and each is verified by the true Jaccard
    similarity of the shingles. Pairs little above the threshold may be missed: the facts say how likely.

    Prompt and text are compared as one. A row of fewer words than a shingle has one shingle of all of them; a row
    without a word is like no other.
    """

    threshold: float = option(0.7, "least Jaccard similarity of the shingles", source="Li et al. 2023", gt=0, le=1)
    shingle: int = option(5, "words in a shingle", source="Li et al. 2023", ge=1)
    permutations: Literal[64, 128, 256] = option(128, "values in a sketch", source="own choice, measured")
    seed: int = option(0, "seed of the hashes", source="own choice", ge=0)
    keep: Order = option("first", "which stays: smallest id, longest text or most stars", source="own choice")

    def drop(self, rows: pl.LazyFrame, host: Host) -> Sifted:
        import numpy as np
        import polars as pl

        from kcoder.similarity.greedy import greedy
        from kcoder.similarity.minhash import banding, buckets

        split = banding(self.threshold, self.permutations)
        told, keys, sizes = self._sketched(rows, split, host)
        found = buckets(keys, sizes > 0)
        del keys
        candidates = np.unique(found.row)
        known = self._sets(rows, told["id"][candidates], sizes[candidates], host)
        compared = 0

        def alike(left: Ints, right: Ints) -> Any:
            nonlocal compared
            host.check()
            compared += len(left)
            one, other = np.searchsorted(candidates, left), np.searchsorted(candidates, right)
            return known.similarity(one, other, self.threshold)

        stays = greedy(told.height, found, alike, self.threshold)
        falls = np.flatnonzero(stays.row != np.arange(told.height))
        ids = told["id"]
        cluster = ids[stays.row[falls]]
        told_of = zip(cluster, stays.similarity[falls].tolist(), strict=True)
        evidence = pl.Series([f"{kept}, Jaccard {similarity:.2f}" for kept, similarity in told_of], dtype=pl.String)
        dropped = pl.DataFrame({"id": ids[falls], "evidence": evidence, "cluster": cluster}).select(
            "id", pl.lit("near duplicate").alias("reason"), "evidence", "cluster"
        )
        facts = self._facts(split) | {"candidates": len(candidates), "pairs_compared": compared}
        return Sifted(dropped.sort("id"), facts | {"without_words": int((sizes == 0).sum())})

    def _facts(self, split: Banding) -> dict[str, Any]:
        return {
            "compared": "prompt and text",
            "shingle": f"{self.shingle} words",
            "permutations": self.permutations,
            "bands": split.bands,
            "values_in_a_band": split.rows,
            "seed": self.seed,
            "chance_at_threshold": round(split.caught(self.threshold), 4),
        }

    def _sketched(self, rows: pl.LazyFrame, split: Banding, host: Host) -> tuple[pl.DataFrame, Hashes, Ints]:
        """Id of each row, the keys of its bands and the size of its set, all in the order of visit."""
        import numpy as np
        import polars as pl

        from kcoder.similarity.minhash import band_keys, sketches
        from kcoder.similarity.shingles import shingled

        told = [rows.select(*reads(self.keep)).head(0).collect()]
        keys, sizes = [np.empty((0, split.bands), np.uint64)], [np.empty(0, np.int64)]
        for batch in rows.select(*reads(self.keep), "prompt", "text").collect_batches(chunk_size=ROWS):
            host.check()
            told.append(batch.drop("prompt", "text"))
            for _, sets in shingled(whole(batch), self.shingle, self.seed):
                keys.append(band_keys(sketches(sets, self.permutations), split))
                sizes.append(sets.sizes)
            host.progress(f"{sum(map(len, sizes)):,} rows sketched")
        every = pl.concat(told)
        order = visit(every, self.keep)
        return every.select("id")[order], np.concatenate(keys)[order], np.concatenate(sizes)[order]

    def _sets(self, rows: pl.LazyFrame, ids: pl.Series, sizes: Ints, host: Host) -> Jaccard:
        """The shingles of the rows with these ids, in this order: read again, since those of all may not fit."""
        import numpy as np
        import polars as pl

        from kcoder.similarity.jaccard import Jaccard
        from kcoder.similarity.shingles import Sets, shingle_sets

        bounds = np.concatenate([[0], np.cumsum(sizes)])
        flat = np.empty(bounds[-1], np.int64)
        wanted = pl.LazyFrame({"id": ids, "place": np.arange(len(ids))})
        again = rows.select("id", "prompt", "text").join(wanted, on="id", how="inner")
        for batch in again.collect_batches(chunk_size=ROWS):
            host.check()
            sets = shingle_sets(whole(batch), self.shingle, self.seed)
            begins = bounds[batch["place"].to_numpy()]
            flat[np.arange(len(sets.flat)) + np.repeat(begins - sets.bounds[:-1], sets.sizes)] = sets.flat
        return Jaccard(Sets(flat, bounds))


def whole(rows: pl.DataFrame) -> pl.Series:
    """Prompt and text as one. Not part of the query: a streaming query would hold it for all rows read ahead."""
    import polars as pl

    return rows.select(pl.concat_str("prompt", "text", separator="\n", ignore_nulls=True)).to_series()
