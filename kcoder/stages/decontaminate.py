"""Rows that hold a benchmark's problem are left out, or reported, with the problem and the row side by side."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from kcoder.benchmark import Benchmark
from kcoder.choose import Use
from kcoder.errors import KcoderError
from kcoder.host import Host
from kcoder.plugin import name_of, option
from kcoder.records import Document, Dropped, Leak, Record, frame
from kcoder.stage import Facts, Input, Output, Stage, target

if TYPE_CHECKING:
    import polars as pl

    from kcoder.leaks.finder import Finder, Sought

#: rows read together, and bytes of their texts looked at together: about 25 times as many of memory
ROWS, BYTES = 2048, 16 << 20


class Decontaminate(Stage):
    """Looks in every row for every problem of the benchmarks: its prompt, its solution, or both.

    Names, spacing and comments do not matter; what five or more other problems have too does not count. Each pair of
    problem and row found is kept with both texts.
    """

    produces: ClassVar[Mapping[str, type[Record]]] = {"kept": Document, "dropped": Dropped, "leaks": Leak}

    rows: Input[Document]
    benchmarks: tuple[Use[Benchmark], ...] = option(help="the benchmarks whose problems are looked for", min_length=1)
    mode: Literal["drop", "report"] = option("drop", "drop the rows, or keep them and tell", source="own choice")
    min_coverage: float = option(
        0.6, "share of a problem that a row must cover", source="own choice, measured", gt=0, le=1
    )
    common: int = option(
        5, "n-grams that so many other problems have are left out", source="own choice, measured", ge=1
    )

    def describe(self) -> str:
        return f"{self.mode} what holds problems of {', '.join(name_of(each) for each in self.benchmarks)}"

    def summary(self, facts: Facts) -> str:
        found = [problem for told in facts["benchmarks"].values() for problem in told["found"]]
        more = f" and {len(found) - 1} more" if len(found) > 1 else ""
        sign = "−" if self.mode == "drop" else ""
        told = f"leaks {sign}{facts['leaking']:,} ({found[0]}{more})" if found else "no leaks"
        missing = "".join(f"   not looked for: {name}" for name in facts["missing"])
        return told + missing

    def run(self, inputs: Mapping[Output[Any], Path], out: Path, host: Host) -> Facts:

        from kcoder.leaks.finder import SETTINGS, Finder
        from kcoder.leaks.problems import problems
        from kcoder.tables.lost import characters_lost
        from kcoder.tables.writing import batches, writing

        sought, missing = problems(self.benchmarks, host)
        for name, reason in missing.items():
            host.say(f"not looked for: {name} ({reason})")
        finder = Finder(sought, common=self.common, share=self.min_coverage) if sought else None
        leaks: list[dict[str, Any]] = []
        dropped, lost = Counter[str](), Counter[str]()
        came = stay = 0
        with (
            writing(target(out, "kept", Document), Document) as keep,
            writing(target(out, "dropped", Dropped), Dropped) as drop,
        ):
            for rows in batches(inputs[self.rows], ROWS):
                host.check()
                host.progress(f"looked at {came:,} rows")
                found = [leak for piece in _pieces(rows) for leak in _leaks(piece, finder, sought)]
                leaks += found
                gone = _gone(found if self.mode == "drop" else [])
                keep(rows.join(gone, on="id", how="anti", maintain_order="left"))
                left_out = rows.join(gone, on="id", how="inner", maintain_order="left")
                drop(left_out)
                dropped.update(gone["reason"])
                lost.update(characters_lost(left_out))
                came, stay = came + rows.height, stay + rows.height - gone.height
        frame(Leak, leaks).write_parquet(target(out, "leaks", Leak))
        if not stay:
            raise KcoderError(
                f"every one of {came:,} rows holds a problem of a benchmark", "look at them: {mode: report} keeps them"
            )
        facts = {"in": came, "kept": stay, "dropped": dict(sorted(dropped.items())), "missing": missing}
        facts["characters_lost"] = dict(sorted(lost.items()))
        facts["settings"] = SETTINGS | {"min_coverage": self.min_coverage, "common": self.common}
        return facts | {"leaking": len({leak["row"] for leak in leaks}), "benchmarks": _told(sought, leaks, finder)}


def _pieces(rows: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """The rows in pieces of so many bytes, or of one row that has more."""
    start = held = 0
    for at, size in enumerate(rows["text"].str.len_bytes()):
        if held + size > BYTES and at > start:
            yield rows.slice(start, at - start)
            start, held = at, 0
        held += size
    yield rows.slice(start)


def _leaks(rows: pl.DataFrame, finder: Finder | None, sought: list[Sought]) -> Iterator[dict[str, Any]]:
    """Each problem found in each row, as a row of Leak."""
    import polars as pl

    from kcoder.leaks.problems import marks

    if finder is None:
        return
    texts = rows.select(pl.concat_str("prompt", "text", separator="\n", ignore_nulls=True)).to_series()
    known = {name: marks(name) for name in rows["language"].unique()}
    for found in finder.find(texts, [known[name] for name in rows["language"]]):
        problem = sought[found.problem]
        yield {
            "benchmark": problem.benchmark,
            "language": problem.language,
            "problem": problem.id,
            "row": rows["id"][found.row],
            "coverage": found.share,
            "how": found.how,
            "problem_text": problem.text,
            "row_text": found.excerpt,
        }


def _gone(leaks: list[dict[str, Any]]) -> pl.DataFrame:
    """The rows to drop: id, reason and evidence, by the problem they cover most of."""
    import polars as pl

    most: dict[str, dict[str, Any]] = {}
    for leak in leaks:
        if leak["coverage"] > most.get(leak["row"], {"coverage": 0.0})["coverage"]:
            most[leak["row"]] = leak
    told = [
        (row, f"holds a problem of {of['benchmark']}", f"{of['problem']}: {of['coverage']:.0%} of its {of['how']}")
        for row, of in most.items()
    ]
    return pl.DataFrame(told, schema=dict.fromkeys(("id", "reason", "evidence"), pl.String), orient="row")


def _told(sought: list[Sought], leaks: list[dict[str, Any]], finder: Finder | None) -> dict[str, Any]:
    """By benchmark: problems looked for, those found in some row, those whose solution alone is too short to be found
    once every name is changed, and those that neither solution nor prompt alone would give away."""
    from kcoder.leaks.problems import labels

    names: dict[tuple[str, str, str], str] = {}
    told: dict[str, Any] = {}
    for problem, name, ways in zip(sought, labels(sought), finder.found_by() if finder else [], strict=True):
        names[problem.benchmark, problem.language, problem.id] = name
        nothing: dict[str, Any] = {"problems": 0, "found": [], "too_short": [], "out_of_reach": []}
        one = told.setdefault(problem.benchmark, nothing)
        one["problems"] += 1
        if problem.solution.strip() and "solution" not in ways:
            one["too_short"].append(name)
        if not ways:
            one["out_of_reach"].append(name)
    for benchmark, language, problem in dict.fromkeys((k["benchmark"], k["language"], k["problem"]) for k in leaks):
        told[benchmark]["found"].append(names[benchmark, language, problem])
    return told
