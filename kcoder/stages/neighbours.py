"""The rows nearest to each benchmark problem, held or not: what a search by coverage may have missed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from kcoder.benchmark import Benchmark
from kcoder.choose import Use
from kcoder.embedder import Embedder
from kcoder.host import Host
from kcoder.plugin import name_of, option
from kcoder.records import Document, Leak, Neighbour, Record, frame
from kcoder.stage import Facts, Input, Output, Stage, target
from kcoder.visible import lines, shortened

if TYPE_CHECKING:
    import polars as pl

    from kcoder.leaks.finder import Sought

#: rows read together
READ = 1024
#: rows after which, and bytes of their texts, what was read is compared: an embedder may have a model to open each time
ROWS, BYTES = 16_384, 16 << 20
#: rows kept of each problem by each measure, and words in a shingle, as in the sieve `near`
TOP, SHINGLE = 3, 5
MEASURES = {"jaccard": "Jaccard", "cosine": "cosine"}
#: lines at the beginning and at the end of a text that are shown
HEAD, TAIL = 8, 4


class Neighbours(Stage):
    """For each problem the three rows of highest Jaccard similarity and the three of highest cosine, with both texts.

    Rows that `leaks` names are told apart (`leak`), and there are three of either sort: copies that were found do not
    hide one that was not. Compared are prompt and solution of a problem with prompt and text of a row, each as one.
    A report, and no reason to drop a row: that is why it is a step of its own, which nothing else is made of.
    """

    produces: ClassVar[Mapping[str, type[Record]]] = {"neighbours": Neighbour}

    rows: Input[Document]
    leaks: Input[Leak]
    benchmarks: tuple[Use[Benchmark], ...] = option(help="the benchmarks whose problems are compared", min_length=1)
    embedder: Use[Embedder] = option("hashing", "what turns texts into vectors", source="own choice")

    def describe(self) -> str:
        of = ", ".join(name_of(each) for each in self.benchmarks)
        return f"report the rows nearest to problems of {of}, by {name_of(self.embedder)}"

    def summary(self, facts: Facts) -> str:
        told = []
        for measure, word in MEASURES.items():
            if known := [each[measure]["value"] for each in facts["benchmarks"].values() if measure in each]:
                told.append(f"{word} {max(known):.3f}")
        return f"nearest of the others: {', '.join(told)}" if told else "nothing is alike"

    @classmethod
    def show(cls, artifact: Path, inputs: Mapping[str, Path], rows: int, width: int) -> Iterator[str]:
        import polars as pl

        from kcoder.artifact import Artifact

        told = pl.scan_parquet(target(artifact, "neighbours", Neighbour)).filter(~pl.col("leak"))
        problem = ["benchmark", "language", "problem"]
        nearest = [
            told.filter(pl.col(measure) > 0)
            .sort(measure, *problem, "row", descending=[True] + 4 * [False])
            .unique(problem, keep="first", maintain_order=True)
            .head(rows)
            for measure in MEASURES
        ]
        pairs = pl.concat(nearest).unique([*problem, "row"], maintain_order=True).collect()
        if pairs.is_empty():
            return
        embedder = Artifact(artifact).manifest["facts"]["embedder"]
        yield shortened("nearest rows that were not found to hold a problem: by Jaccard, then by cosine", width)
        yield shortened(f"vectors: {embedder}", width)
        for pair in pairs.iter_rows(named=True):
            yield from _pair(pair, width)

    def run(self, inputs: Mapping[Output[Any], Path], out: Path, host: Host) -> Facts:
        from kcoder.leaks.problems import problems

        sought, missing = problems(self.benchmarks, host)
        found = self._found(sought, inputs, host) if sought else []
        _with_texts(sought, found, inputs[self.rows]).write_parquet(target(out, "neighbours", Neighbour))
        facts: Facts = {"missing": missing, "shingle": f"{SHINGLE} words", **self.embedder.facts()}
        return facts | {"benchmarks": _closest(sought, found)}

    def _found(self, sought: list[Sought], inputs: Mapping[Output[Any], Path], host: Host) -> list[dict[str, Any]]:
        """Every pair that is kept: number of the problem as `text`, id of the row, leak, jaccard, cosine; in order."""
        import polars as pl

        from kcoder.similarity.nearest import Nearest

        problems = pl.Series([each.text for each in sought], dtype=pl.String)
        vectors = self.embedder.embed(problems, host)
        nearest = {leak: Nearest(problems, vectors, shingle=SHINGLE, top=TOP) for leak in (False, True)}
        leaks = pl.read_parquet(inputs[self.leaks], columns=["row"])["row"].unique().implode()
        came = 0
        for rows in _pieces(inputs[self.rows]):
            host.check()
            host.progress(f"compared {came:,} rows")
            made = self.embedder.embed(rows["text"], _counting(host, came))
            leaking = rows["id"].is_in(leaks)
            for leak, known in nearest.items():
                mask = leaking == leak
                known.add(rows["id"].filter(mask), rows["text"].filter(mask), made[mask.to_numpy()])
            came += rows.height
        every = pl.concat(each.found.with_columns(leak=pl.lit(leak)) for leak, each in nearest.items())
        return every.sort("text", "leak", "cosine", "id", descending=[False, False, True, False]).to_dicts()


def _pieces(file: Path) -> Iterator[pl.DataFrame]:
    """The id of each row, and its prompt and text as one, in pieces of so many rows or bytes and little more."""
    import polars as pl

    from kcoder.tables.writing import batches

    prompt = pl.col("prompt").str.strip_chars_end("\n")
    held: list[pl.DataFrame] = []
    for rows in batches(file, READ):
        held.append(rows.select("id", text=pl.concat_str(prompt, "text", separator="\n", ignore_nulls=True)))
        if sum(h.height for h in held) >= ROWS or sum(h.estimated_size() for h in held) >= BYTES:
            yield pl.concat(held)
            held.clear()
    if held:
        yield pl.concat(held)


def _counting(host: Host, came: int) -> Host:
    """The host for an embedder that counts the rows of one part only."""
    return replace(host, progress=lambda line: host.progress(f"compared {came:,} rows; of the next {line}"))


def _with_texts(sought: list[Sought], found: list[dict[str, Any]], file: Path) -> pl.DataFrame:
    """The pairs as rows of Neighbour. The rows' texts are read again: of all that were ever near they may not fit."""
    import polars as pl

    from kcoder.leaks.excerpt import beginning

    wanted = pl.DataFrame({"id": [each["id"] for each in found]}, schema={"id": pl.String})
    texts: dict[str, str] = {}
    for rows in _pieces(file) if found else ():
        texts |= {row: beginning(text) for row, text in rows.join(wanted, on="id", how="semi").iter_rows()}
    told = []
    for each in found:
        problem = sought[each["text"]]
        named = {"benchmark": problem.benchmark, "language": problem.language, "problem": problem.id}
        figures = {"row": each["id"], "leak": each["leak"], "jaccard": each["jaccard"], "cosine": each["cosine"]}
        told.append(named | figures | {"problem_text": problem.text, "row_text": texts[each["id"]]})
    return frame(Neighbour, told)


def _closest(sought: list[Sought], found: list[dict[str, Any]]) -> dict[str, Any]:
    """By benchmark its problems and, by measure, the nearest row that was not found to hold one, if any is alike."""
    from kcoder.leaks.problems import labels

    names = labels(sought)
    told: dict[str, Any] = {}
    for each in sought:
        told.setdefault(each.benchmark, {"problems": 0})["problems"] += 1
    for pair in found:
        of = told[sought[pair["text"]].benchmark]
        for measure in MEASURES if not pair["leak"] else ():
            if pair[measure] > of.get(measure, {"value": 0.0})["value"]:
                of[measure] = {"value": pair[measure], "problem": names[pair["text"]], "row": pair["id"]}
    return told


def _pair(pair: Mapping[str, Any], width: int) -> Iterator[str]:
    """A problem and a row, one below the other."""
    figures = f"Jaccard {pair['jaccard']:.3f}, cosine {pair['cosine']:.3f}"
    yield ""
    yield shortened(
        f"── {pair['benchmark']} {pair['problem']} ({pair['language']}) and {pair['row']}: {figures}", width
    )
    for name in ("problem", "row"):
        yield f"  {name}"
        shown = [f"    {line}" for line in lines(pair[f"{name}_text"], width - 4)]
        left = len(shown) - HEAD - TAIL
        yield from [*shown[:HEAD], f"    … {left:,} more lines", *shown[-TAIL:]] if left > 1 else shown
