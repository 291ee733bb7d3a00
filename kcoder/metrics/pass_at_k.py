"""pass@k, unbiased, with an interval and a count; or a refusal."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field

from kcoder.errors import KcoderError
from kcoder.estimates import bootstrap, pass_at, wilson
from kcoder.metric import Metric
from kcoder.plugin import option
from kcoder.records import NOT_THE_MODELS, Score, Verdict, frame

if TYPE_CHECKING:
    import polars as pl


class PassAtK(Metric):
    """The chance that at least one of k samples of a problem passes, averaged over problems.

    Estimated without bias from n samples (Chen et al. 2021, eq. 1). The interval is Wilson's where each problem has
    one sample, else a bootstrap over problems: Wilson on pooled samples covered 46 % where it claims 95 %.
    """

    word = "k"

    k: tuple[Annotated[int, Field(ge=1)], ...] = option(
        (1,), "how many samples are looked at", source="Chen et al. 2021", min_length=1
    )

    def score(self, rows: pl.LazyFrame) -> pl.DataFrame:
        import polars as pl

        table = rows.select("benchmark", "language", "problem", "sample", "verdict", "isolation").collect()
        if not table.height:
            raise KcoderError("there are no outcomes to score", "does the benchmark hold problems in this language?")
        scores: list[dict[str, Any]] = []
        for (benchmark, language), group in table.group_by(["benchmark", "language"], maintain_order=True):
            _refuse_what_is_not_the_models(f"{benchmark} in {language}", group)
            _refuse_what_counts_twice(f"{benchmark} in {language}", group)
            counted = group.group_by("problem").agg(n=pl.len(), c=(pl.col("verdict") == Verdict.PASSED.value).sum())
            problems = counted.sort("problem").rows(named=True)
            levels = sorted(set(group["isolation"]) - {""})  # what was refused never ran
            told = {"benchmark": benchmark, "language": language, "isolation": ", ".join(levels)}
            scores += [told | _at(k, problems) for k in self.k]
        return frame(Score, scores)


def _at(k: int, problems: list[dict[str, Any]]) -> dict[str, Any]:
    few = [p["problem"] for p in problems if p["n"] < k]
    if few:
        raise KcoderError(
            f"pass@{k} cannot be told: {_some(few)} have fewer than {k} samples", f"raise evaluate.samples to {k}"
        )
    values = [pass_at(k, p["c"], p["n"]) for p in problems]
    value = sum(values) / len(values)
    samples = min(p["n"] for p in problems)
    told: dict[str, Any] = {"metric": f"pass@{k}", "value": value, "n": len(problems), "samples": samples}
    if max(p["n"] for p in problems) == 1:
        passes = sum(p["c"] for p in problems)
        low, high = wilson(passes, len(problems))
        return told | {"k": passes, "low": low, "high": high, "interval": "wilson"}
    low, high = bootstrap(values, 0.0, 1.0)
    return told | {"low": low, "high": high, "interval": "bootstrap over problems"}


def _refuse_what_is_not_the_models(where: str, group: pl.DataFrame) -> None:
    foreign = group.filter(group["verdict"].is_in([v.value for v in NOT_THE_MODELS]))
    if foreign.height:
        verdicts = ", ".join(sorted(set(foreign["verdict"])))
        raise KcoderError(
            f"{where}: {foreign.height} of {group.height} programs were never judged ({verdicts}); "
            "they are not counted as wrong, so there is no score",
            "kcoder doctor says what the machine lacks",
        )


def _refuse_what_counts_twice(where: str, group: pl.DataFrame) -> None:
    twice = group.filter(group.select("problem", "sample").is_duplicated())
    if twice.height:
        raise KcoderError(
            f"{where}: {_some(set(twice['problem']))} have a sample more than once",
            "samples of a problem are numbered 0, 1, 2, ...; a file that was joined from two holds rows twice",
        )


def _some(problems: Iterable[str]) -> str:
    names = sorted(problems)
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more problems" if len(names) > 3 else "")
