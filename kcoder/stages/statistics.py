"""What data sets hold, side by side: languages, sizes, doubtful rows, complexity, diversity, overlap."""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from kcoder.benchmark import Benchmark
from kcoder.choose import Use
from kcoder.embedder import Embedder
from kcoder.errors import UsageError
from kcoder.filter import Filter
from kcoder.host import Host
from kcoder.measures import check_known, measure
from kcoder.metric import VECTORS
from kcoder.plugin import load, option
from kcoder.records import Document, Leak, Record, Results
from kcoder.scoring.data_set import DataSet
from kcoder.source import Source, Wanted
from kcoder.stage import Facts, Output, Stage, Step, target

if TYPE_CHECKING:
    import polars as pl

    from kcoder.metric import Metric
    from kcoder.scoring.code import Code
    from kcoder.scoring.problems import Problem

#: what P3 §3.2 drops: name, label, filter and limit
DOUBTS = (
    ("average_line_over_100", "average line > 100", "max_avg_line_length", 100),
    ("line_over_1000", "line > 1000", "max_line_length", 1000),
    ("letters_under_25", "letters < 25 %", "min_alphabetic", 0.25),
)


#: leaks that are shown with both texts
LISTED = 20


class Given(Stage):
    """Rows at hand, where a stage expects a step that made them."""

    produces: ClassVar[Mapping[str, type[Record]]] = {"rows": Document}


class Statistics(Stage):
    """Everything `kcoder dataset-stats` tells, of rows in a spec or of any sources.

    Measures of programs are taken of real code (`scoring/code.py`); every mean has its count and a bootstrap 95 %
    interval; sets are ranked only where intervals part.
    """

    produces: ClassVar[Mapping[str, type[Record]]] = {"statistics": Results}

    rows: Output[Document] | None = None
    language: str = option("", "the language of rows that name none; all are tried if not given", source="own choice")
    sample: int | None = option(
        None, "rows to look at, drawn by their ids; all if not given", source="own choice", gt=0
    )
    seed: int = option(0, "seed of the samples", source="own choice", ge=0)
    embedder: Use[Embedder] | None = option(None, "makes vectors for spread; no spread without", source="own choice")
    vectors: int = option(1000, "rows whose spread is measured", source="P4 §3.1", ge=10)
    against: tuple[Use[Benchmark], ...] = option((), "benchmarks whose problems are looked for", source="own choice")
    published: bool = option(False, "also measure as Suresh et al. 2023 did", source="own choice")

    def describe(self) -> str:
        return "count what the rows hold"

    def run(self, inputs: Mapping[Output[Any], Path], out: Path, host: Host) -> Facts:
        import polars as pl

        if self.rows is None:
            raise UsageError("statistics are of rows, and none are wired", "give it the rows of another step")
        rows = pl.read_parquet(inputs[self.rows])
        told = self.figures([DataSet(self.rows.step.name, rows, rows.height)], host)
        folder = target(out, "statistics", Results)
        folder.mkdir()
        (folder / "statistics.json").write_text(json.dumps(told, indent=1, ensure_ascii=False) + "\n", "utf-8")
        return {"rows": rows.height}

    # ---- reading ---------------------------------------------------------------------------------------------

    def read(self, name: str, source: Source, host: Host) -> DataSet:
        """The set's rows, or the sample of them, under this name.

        Raises UsageError for one that is missing, empty, broken, or has no fitting columns.
        """
        import polars as pl

        from kcoder.tables.draw import Draw
        from kcoder.tables.reading import documents

        said: list[str] = []
        languages = {self.language: 1.0} if self.language else {}
        wanted = Wanted(languages, self.seed, replace(host, say=said.append))
        drawn = Draw(self.sample, self.seed)
        for batch in documents(source, wanted, name):
            drawn.add(batch.with_columns(came=pl.int_range(drawn.met, drawn.met + batch.height)))
        rows = drawn.rows(min(self.sample or drawn.met, drawn.met)).sort("came").drop("came")
        told = tuple(line.removeprefix(f"{name}: ") for line in said)
        return DataSet(name, rows, drawn.met, told, dict(wanted.left_out))

    # ---- figures ---------------------------------------------------------------------------------------------

    def figures(self, sets: list[DataSet], host: Host) -> dict[str, Any]:
        """All figures of these sets, as JSON: of each one, of their overlap, and how they rank."""
        from kcoder.scoring.definitions import definitions
        from kcoder.scoring.documents import document_metrics, needed
        from kcoder.scoring.labels import LABELS
        from kcoder.scoring.published import DEFINITIONS, NOTE, as_rows
        from kcoder.scoring.ranking import ranking

        metrics, broken = document_metrics()
        unmeasured = [need for need in needed(metrics) if not _measured(need)]
        broken += [f"metrics need {need}, which nobody measures" for need in unmeasured]
        told = [self._of(each, metrics, host) for each in sets]
        return {
            "options": {
                "sample": self.sample,
                "seed": self.seed,
                "embedder": self.embedder.title() if self.embedder else None,
                "vectors": self.vectors,
            },
            "data_sets": told,
            "labels": dict(LABELS),
            "definitions": definitions(told, metrics),
            "overlap": _overlap(sets, host) if len(sets) > 1 else None,
            "ranks": ranking(told),
            "published": {"definitions": DEFINITIONS, "note": NOTE, "rows": as_rows()} if self.published else None,
            "broken": broken,
        }

    def _of(self, held: DataSet, metrics: list[Metric], host: Host) -> dict[str, Any]:
        from kcoder.scoring.code import code
        from kcoder.scoring.describe import describe
        from kcoder.scoring.look import worth_a_look
        from kcoder.scoring.named import named
        from kcoder.scoring.parsing import parsed
        from kcoder.scoring.problems import listings, problems
        from kcoder.scoring.published import as_published

        began, rows = time.monotonic(), held.rows
        host.progress(f"{held.name}: parsing")
        found = parsed(rows, self.language or None)
        host.progress(f"{held.name}: complexity")
        complexity = code(found.programs, host)
        host.progress(f"{held.name}: duplicates")
        doubtful = [*problems(rows, host), *_doubts(rows, host)]
        words = measure(rows, ["question_words", "characters"], host)
        spoken = rows["language"].drop_nulls().value_counts().sort("count", "language", descending=[True, False])
        told = {
            "name": held.name,
            "rows": rows.height,
            "total": held.total,
            "said": list(held.said),
            "left_out": dict(held.left_out),
            "languages": dict(spoken.iter_rows()),
            "parse": dict(found.parse),
            "define": dict(found.define),
            "other": found.other,
            "question_words": describe(words["question_words"].filter(rows["prompt"].is_not_null())),
            "code_characters": describe(words["characters"]),
            "problems": [
                {"name": p.name, "label": p.label, "count": p.count, "of": rows.height, "facts": p.facts}
                for p in doubtful
            ],
            "leaks": self._leaks(rows, replace(host, progress=lambda line: host.progress(f"{held.name}: {line}"))),
            "code": complexity.figures,
            "scores": self._scores(held, complexity, metrics, host),
            "as_published": as_published(complexity.values.filter(language="python")) if self.published else None,
            "listings": listings(doubtful),
        }
        return told | {
            "named": named(told),
            "look": worth_a_look(told),
            "seconds": round(time.monotonic() - began, 2),
        }

    def _leaks(self, rows: pl.DataFrame, host: Host) -> dict[str, Any] | None:
        """Problems of the benchmarks that stand in the rows, as the stage finds that would drop them."""
        import polars as pl

        if not self.against:
            return None
        given = Step("rows", Given())["rows"]
        stage = load("stages", "decontaminate")(rows=given, benchmarks=self.against, mode="report")
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            rows.write_parquet(folder / "rows.parquet")
            facts = stage.run({given: folder / "rows.parquet"}, folder, host)
            leaks = pl.read_parquet(target(folder, "leaks", Leak))
        told = {
            name: {"problems": len(each["found"]), "of": each["problems"], "found": each["found"]}
            for name, each in facts["benchmarks"].items()
        }
        shown = leaks.sort("coverage", "problem", "row", descending=[True, False, False]).head(LISTED)
        return {
            "benchmarks": told,
            "missing": facts["missing"],
            "rows": facts["leaking"],
            "found": leaks.height,
            "shown": shown.to_dicts(),
        }

    def _scores(self, held: DataSet, found: Code, metrics: list[Metric], host: Host) -> list[dict[str, Any]]:
        """Every metric of documents: measures of programs are those of real code, null elsewhere."""
        import polars as pl

        from kcoder.scoring.documents import needed, scores

        rows, values = held.rows, found.values
        shown = [name for name in values.columns if name not in ("language", "read", "real")]
        real = values.select(pl.when("real").then(name).alias(name) for name in shown)
        others = [need for need in needed(metrics) if need not in real.columns and _measured(need)]
        parts = [rows.with_columns(values["language"]), real, measure(rows, others, host)]
        host.progress(f"{held.name}: diversity")
        table = pl.concat(parts, how="horizontal")
        if self.embedder:
            table = table.with_columns(*self._vectors(rows, self.embedder, host))
        kept = ("language", "metric", "value", "low", "high", "n", "interval")
        return scores(table, metrics).select(kept).to_dicts()

    def _vectors(self, rows: pl.DataFrame, embedder: Embedder, host: Host) -> Iterator[pl.Series]:
        """The columns VECTORS: of a sample of the rows that have a question, and of those that have code."""
        import polars as pl

        from kcoder.tables.draw import Draw

        for column, text in zip(VECTORS, ("prompt", "text"), strict=True):
            draw = Draw(self.vectors, self.seed)
            draw.add(rows.filter(pl.col(text).str.strip_chars() != "").select("id", text))
            drawn = draw.rows(min(self.vectors, draw.met)).sort("id")
            if drawn.is_empty():
                continue
            made = pl.DataFrame({"id": drawn["id"], column: embedder.embed(drawn[text], host)})
            yield rows.select("id").join(made, on="id", how="left", maintain_order="left")[column]

    def page(self, told: Mapping[str, Any]) -> str:
        """The figures as one self-contained HTML page."""
        from kcoder.reporting.data_sets import page

        return page(told)


def _measured(name: str) -> bool:
    try:
        check_known(name)
    except UsageError:
        return False
    return True


def _doubts(rows: pl.DataFrame, host: Host) -> Iterator[Problem]:
    """What P3 drops, counted by its own filters."""
    import polars as pl

    from kcoder.scoring.problems import Problem

    filters: list[Filter] = [load("filters", name)(limit=limit) for _, _, name, limit in DOUBTS]
    against = load("stages", "filter").reasons(rows, tuple(filters), host)
    for at, (name, label, _, _) in enumerate(DOUBTS):
        told = pl.DataFrame([rows["id"], against[str(at)].struct.field("evidence")]).drop_nulls("evidence")
        yield Problem(name, label, told)


def _overlap(sets: list[DataSet], host: Host) -> dict[str, Any]:
    from kcoder.scoring.overlap import exact_overlap, near_overlap
    from kcoder.similarity.across import pairs_across

    rows = {each.name: each.rows for each in sets}
    host.progress("comparing the sets")
    return {"exact": exact_overlap(rows), "near": near_overlap(rows, pairs_across)}
