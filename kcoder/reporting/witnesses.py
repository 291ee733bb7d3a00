"""What recorded answers show of problems that have no solutions of their own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kcoder.records import Verdict
from kcoder.reporting.labels import language
from kcoder.reporting.markup import Child, tag
from kcoder.reporting.tables import folded
from kcoder.stage import Output

if TYPE_CHECKING:
    from kcoder.reporting.gather import Variant

Row = Mapping[str, Any]
PLACE = ["benchmark", "language"]
#: problems that are named before the others are folded away
NAMED = 12


def counted(variants: Sequence[Variant], files: Mapping[Output[Any], Path]) -> list[dict[str, Any]]:
    """A row for each benchmark and language whose problems have witnesses: how many problems there are and a witness
    passes, and the names of those that none passes, and that have none."""
    import polars as pl

    found: dict[tuple[str, str], dict[str, Any]] = {}
    for output in (output for variant in variants for output in variant.witnesses.values()):
        rows = pl.read_parquet(files[output])
        for (benchmark, name), group in rows.group_by(PLACE, maintain_order=True):
            passed = (pl.col("verdict") == Verdict.PASSED.value).any()
            each = group.group_by("problem", maintain_order=True).agg(has=pl.col("witness").count() > 0, passed=passed)
            told = {
                "problems": each.height,
                "witnesses": group["witness"].count(),
                "passed": each["passed"].sum(),
                "none_passes": each.filter(pl.col("has") & ~pl.col("passed"))["problem"].to_list(),
                "without": each.filter(~pl.col("has"))["problem"].to_list(),
            }
            found[str(benchmark), str(name)] = {"benchmark": benchmark, "language": name, **told}
    return list(found.values())


def said(told: Row) -> Iterator[Child]:
    """A paragraph for each benchmark and language, with the names that are too many for it folded beneath."""
    for row in told["witnesses"]:
        failed, without = row["none_passes"], row["without"]
        words = [
            f"{row['benchmark']} has no solutions of its own in {language(row['language'])}. "
            f"Of {row['problems']} problems a recorded answer passes {row['passed']}."
        ]
        if failed:
            names = ", ".join(failed[:NAMED]) + (", ..." if len(failed) > NAMED else "")
            words.append(
                f"No witness passes: {_problems(failed)}: {names}. They are scored all the same: "
                "a witness that fails may be wrong itself."
            )
        if without:
            words.append(f"{_problems(without)} {'has' if len(without) == 1 else 'have'} no witness.")
        yield tag("p", " ".join(words), class_="note")
        if len(failed) > NAMED:
            yield folded(f"No witness passes: {_problems(failed)}", tag("p", ", ".join(failed), class_="names"))


def _problems(names: Sequence[str]) -> str:
    return f"{len(names)} problem{'s' if len(names) != 1 else ''}"
