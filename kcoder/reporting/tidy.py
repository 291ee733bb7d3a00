"""The results as a tidy table: one row for each number."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from typing import Any

from kcoder.reporting.find import SERIES

Row = Mapping[str, Any]


def as_csv(told: Row) -> bytes:
    """Scores are shares of one where `unit` does not say otherwise, changes are points."""
    columns = (
        "kind",
        "model",
        "against",
        *SERIES,
        "problems",
        "split",
        "value",
        "low",
        "high",
        "k",
        "n",
        "unit",
        "interval",
        "run",
    )
    out = io.StringIO()
    writer = csv.DictWriter(out, columns, restval="", extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    writer.writerows({"run": told["name"], **row} for row in _tidy(told))
    return out.getvalue().encode()


def _tidy(told: Row) -> Iterator[Row]:
    for row in told["scores"]:
        yield {"kind": "score", **row, "unit": row.get("unit") or "share"}
    for row in told["changes"]:
        yield {
            "kind": "change",
            "unit": "points",
            "value": row["points"],
            "interval": "paired bootstrap",
            **row,
        }
    yield from _compared(told)
    yield from _agreed(told)
    for pair in told["selection"]["pairs"] if told["selection"] else ():
        for language, row in pair["languages"].items():
            if row:
                names = {"model": pair["settings"][0], "against": pair["settings"][1], "language": language}
                told_as = {"kind": "methods", "unit": "points", "interval": "paired bootstrap", "problems": "all"}
                yield {**told_as, **told["main"], **names, "value": row["points"], **row}
    for row in told["verdicts"]:
        for verdict, count in sorted(row["counts"].items()):
            yield {"kind": f"verdict: {verdict}", "unit": "programs", "value": count, **row}
    for row in told["failures"]:
        words = f"{row['failure']}, {row['cause']}" if row["cause"] else row["failure"]
        yield {"kind": f"failure: {words}", "unit": "programs", "value": row["count"], **row}
    for model in told["models"]:
        for name in ("parameters", "trainable"):
            if model["made"][name] is not None:
                yield {
                    "kind": name,
                    "model": model["name"],
                    "unit": "parameters",
                    "value": model["made"][name],
                }
    for row in told["histories"]:
        for variant in row["variants"]:
            for name in ("steps", "tokens", "last_loss", "best_step", "best_valid", "kept_step"):
                if row[name] is not None:
                    yield {"kind": f"{row['step']}: {name}", "model": variant, "value": row[name]}
            for each in row["choice"]:
                kind = f"{row['step']}: step {each['step']}{', chosen' if each['chosen'] else ''}"
                yield {**each, "kind": kind, "model": variant, "split": "dev", "unit": "share"}
    for row in told["dropped"]:
        for reason in row["reasons"]:
            told_as = {"kind": f"{row['step']}: {reason['reason']}", "unit": "rows", "value": reason["count"]}
            yield {**told_as, "model": " ".join(row["variants"])}


def _compared(told: Row) -> Iterator[Row]:
    for family in told["comparisons"]:
        place = {name: family[name] for name in SERIES} | {"problems": "all", "split": "test"}
        for pair in family["pairs"]:
            names = place | {"model": pair["model"], "against": pair["against"], "n": pair["n"]}
            ends = {"low": pair["low"], "high": pair["high"], "interval": "paired bootstrap"}
            yield {"kind": "pair", "unit": "points", "value": pair["points"]} | ends | names
            if pair["p"] is not None:
                how = f"Holm over {family['tests']}" if family["tests"] > 1 else ""
                yield {"kind": "pair: p of McNemar", "unit": "probability", "value": pair["p"], "interval": how} | names
            yield {"kind": "pair: detectable", "unit": "points", "value": pair["detectable"]} | names


def _agreed(told: Row) -> Iterator[Row]:
    for row in told["agreement"]:
        place = {name: row[name] for name in ("model", "benchmark", "temperature", "n")} | {"problems": "all"}
        place |= {"language": " and ".join(row["languages"]), "split": "test"}
        yield {"kind": "agreement between languages", "unit": "share", "interval": "wilson"} | row["agreement"] | place
        if row["kappa"]:
            yield {"kind": "agreement between languages: kappa", "unit": "kappa"} | row["kappa"] | place
