"""What the steps of all variants left behind, read from their files into plain values.

Variants share steps (the base, the data). What is equal in several variants is held once, with their names.
"""

from __future__ import annotations

import json
import math
from collections.abc import Container, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import polars as pl

from kcoder.plugin import name_of
from kcoder.records import (
    Checkpoint,
    Checkpoints,
    Choice,
    Dropped,
    History,
    Outcome,
    Reference,
    Score,
    Verdict,
    Witness,
)
from kcoder.reporting.passes import asked
from kcoder.stage import Output, Step, Training

#: examples of dropped rows, and how much of each is shown
EXAMPLES, CHARACTERS = 3, 200
#: points of a training curve that are kept; losses between two of them are averaged
POINTS = 150

Row = dict[str, Any]
#: benchmark and language
Where = tuple[str, str]


class Variant(Protocol):
    """What is asked of a variant: what its steps made, by the step's name."""

    name: str
    settings: dict[str, Any]
    scores: dict[str, Output[Score]]
    histories: dict[str, Output[History]]
    choices: dict[str, Output[Choice]]
    outcomes: dict[str, Output[Outcome]]
    references: dict[str, Output[Reference]]
    witnesses: dict[str, Output[Witness]]
    dropped: dict[str, Output[Dropped]]
    models: dict[str, Output[Checkpoint]]


@dataclass
class Judged:
    """What one step found of one model: passes and samples of each problem that is scored, counts of verdicts and of
    (failure, cause); and all that was asked of it, by path."""

    passes: dict[Where, dict[str, tuple[int, int]]] = field(default_factory=dict)
    verdicts: dict[Where, dict[str, int]] = field(default_factory=dict)
    failures: dict[Where, dict[tuple[str, str], int]] = field(default_factory=dict)
    isolation: list[str] = field(default_factory=list)
    settings: Row = field(default_factory=dict)


@dataclass
class Model:
    """One model that was scored: a base, or what a variant made of it."""

    name: str
    of: str
    variants: list[str]
    settings: Row
    #: of all problems
    scores: list[Row]
    #: of the clean and the contaminated problems, by the variant whose rows decide which these are
    parts: dict[str, list[Row]]
    #: by step; one step for each temperature
    judged: dict[str, Judged]


def models(variants: Sequence[Variant], files: Mapping[Output[Any], Path]) -> list[Model]:
    """The bases, then the tuned model of each variant, in the spec's order.

    Variants whose bases scored alike share one, called `base`; another base carries its variants' names.
    """
    bases: list[Model] = []
    tuned: list[Model] = []
    for variant in variants:
        scores = [row for output in variant.scores.values() for row in _scores(files[output])]
        unsolved = {problem for output in variant.references.values() for problem in _unsolved(files[output])}
        judged = {step: _judged(output, files, unsolved) for step, output in variant.outcomes.items()}
        for of, known in (("base", bases), ("tuned", tuned)):
            mine = _unique(row for row in scores if row["of"] == of)
            model = Model(
                name=_called(variant.name) if of == "tuned" else "base",
                of=of,
                variants=[variant.name],
                settings=variant.settings if of == "tuned" else {},
                scores=[row for row in mine if row["problems"] == "all"],
                parts={variant.name: [row for row in mine if row["problems"] != "all"]},
                judged={step: found for step, found in judged.items() if side(step) == of},
            )
            twin = next((b for b in bases if (b.scores, b.judged) == (model.scores, model.judged)), None)
            if of == "base" and twin:
                twin.variants.append(variant.name)
                twin.parts |= model.parts
            elif model.scores:
                known.append(model)
    for other in bases[1:]:
        other.name = f"base of {', '.join(other.variants)}"
    return bases + tuned


def _called(variant: str) -> str:
    """A tuned model has its variant's name, unless that is empty (a spec without variants) or taken."""
    return {"": "tuned", "base": "tuned base"}.get(variant, variant)


def side(step: str) -> str:
    """Whether a step judges the base or the tuned model; its name says so (`evaluate.base.lua.execute`)."""
    return "base" if "base" in step.split(".") else "tuned"


def checkpoints(variants: Sequence[Variant], files: Mapping[Output[Any], Path]) -> list[Row]:
    """The method of each step that made a model, and what `checkpoint.json` says of the model's size. A model that was
    chosen among those of a training, or merged, stands for that training."""
    found = []
    for variant in variants:
        last = {_training(output): output for output in variant.models.values()}
        for training, output in last.items():
            file = files[output] / "checkpoint.json"
            told = json.loads(file.read_bytes()) if file.is_file() else {}
            size = {name: told.get(name) for name in ("parameters", "trainable")}
            found.append((variant.name, training.name, {"method": name_of(training.stage), **size}))
    return _shared(found)


def _training(model: Output[Checkpoint]) -> Step:
    """The step that trained a model, where others have chosen it among several since, or merged it."""
    step = model.step
    while not isinstance(step.stage, Training):
        below = [each.step for _, each in step.stage.inputs() if issubclass(each.kind, Checkpoint | Checkpoints)]
        if not below:
            return model.step
        step = below[0]
    return step


def histories(variants: Sequence[Variant], files: Mapping[Output[Any], Path]) -> list[Row]:
    """Training curves: validation losses as they stand, training losses averaged to at most POINTS points. `choice` are
    the rows of Choice, where a checkpoint was chosen by a score, else nothing."""
    return _shared(
        (variant.name, step, _history(files[output], _choice(variant, output, files)))
        for variant in variants
        for step, output in variant.histories.items()
    )


def _choice(variant: Variant, history: Output[History], files: Mapping[Output[Any], Path]) -> list[Row]:
    for output in variant.choices.values():
        if getattr(output.step.stage, "history", None) == history:
            return pl.read_parquet(files[output]).to_dicts()
    return []


def dropped(variants: Sequence[Variant], files: Mapping[Output[Any], Path]) -> list[Row]:
    """Rows left out by each step: a count for each reason, with the first few as examples."""
    return _shared(
        (variant.name, step, {"reasons": _reasons(files[output])})
        for variant in variants
        for step, output in variant.dropped.items()
    )


# ---- reading files -----------------------------------------------------------------------------------------


def _scores(file: Path) -> list[Row]:
    """Rows of Score; one that does not say of which problems is of all."""
    return pl.read_parquet(file).with_columns(pl.col("problems").fill_null("all")).to_dicts()


def _unique(rows: Iterable[Row]) -> list[Row]:
    return list({json.dumps(row, sort_keys=True): row for row in rows}.values())


def _unsolved(file: Path) -> list[tuple[str, str, str]]:
    """Benchmark, language and problem where the benchmark's own solution does not pass: no score holds them."""
    failed = pl.scan_parquet(file).filter(pl.col("verdict") != Verdict.PASSED.value)
    return failed.select("benchmark", "language", "problem").collect().rows()


def _judged(
    output: Output[Outcome], files: Mapping[Output[Any], Path], unsolved: Container[tuple[str, str, str]]
) -> Judged:
    found = outcomes(files[output])
    found.settings = asked(output.step.stage)
    for where, passes in found.passes.items():
        found.passes[where] = {name: told for name, told in passes.items() if (*where, name) not in unsolved}
    return found


def outcomes(file: Path) -> Judged:
    """What a table of outcomes holds."""
    columns = ["benchmark", "language", "problem", "verdict", "failure", "cause", "isolation"]
    counts = pl.scan_parquet(file).select(columns).group_by(columns).len().collect().sort(columns)
    found = Judged()
    for benchmark, language, problem, verdict, failure, cause, isolation, count in counts.iter_rows():
        passed, samples = found.passes.setdefault((benchmark, language), {}).get(problem, (0, 0))
        gained = count if verdict == Verdict.PASSED else 0
        found.passes[benchmark, language][problem] = (passed + gained, samples + count)
        verdicts = found.verdicts.setdefault((benchmark, language), {})
        verdicts[verdict] = verdicts.get(verdict, 0) + count
        if failure:
            failures = found.failures.setdefault((benchmark, language), {})
            failures[failure, cause or ""] = failures.get((failure, cause or ""), 0) + count
        if isolation and isolation not in found.isolation:
            found.isolation.append(isolation)
    found.isolation.sort()
    return found


def _history(file: Path, choice: list[Row]) -> Row:
    points = [json.loads(line) for line in file.read_bytes().split(b"\n") if line.strip()]
    valid = [[p["step"], p["valid"]] for p in points if _finite(p.get("valid"))]
    loss = [[p["step"], p["loss"]] for p in points if _finite(p.get("loss"))]
    # where nothing else was chosen by, the weights of the lowest loss are kept; step 0 is the model it began with
    best = min((point for point in valid if point[0]), key=lambda point: (point[1], point[0]), default=None)
    kept = next(([row["step"], row["valid"]] for row in choice if row["chosen"]), best)
    return {
        "steps": max((p["step"] for p in points), default=0),
        "tokens": max((p["tokens"] for p in points if p.get("tokens") is not None), default=None),
        "loss": _thinned(loss),
        "valid": valid,
        "last_loss": loss[-1][1] if loss else None,
        "best_step": best[0] if best else None,
        "best_valid": best[1] if best else None,
        "kept_step": kept[0] if kept else None,
        "kept_valid": kept[1] if kept else None,
        "choice": choice,
    }


def _finite(value: Any) -> bool:
    return value is not None and math.isfinite(value)


def _thinned(points: list[list[float]]) -> list[list[float]]:
    each = math.ceil(len(points) / POINTS) or 1
    groups = [points[i : i + each] for i in range(0, len(points), each)]
    return [[group[-1][0], round(math.fsum(p[1] for p in group) / len(group), 6)] for group in groups]


def _reasons(file: Path) -> list[Row]:
    cut = [pl.col(name).str.slice(0, CHARACTERS + 1).head(EXAMPLES) for name in ("text", "evidence")]
    rows = pl.scan_parquet(file).group_by("reason", maintain_order=True).agg(pl.len().alias("count"), *cut)
    found = [
        {
            "reason": row["reason"] or "no reason given",
            "count": row["count"],
            "examples": [
                {"text": _cut(text), "evidence": _cut(evidence)}
                for text, evidence in zip(row["text"], row["evidence"], strict=True)
            ],
        }
        for row in rows.collect().to_dicts()
    ]
    return sorted(found, key=lambda row: (-row["count"], row["reason"]))


def _cut(text: str | None) -> str:
    text = text or ""
    return text if len(text) <= CHARACTERS else text[:CHARACTERS] + "…"


def _shared(found: Iterable[tuple[str, str, Row]]) -> list[Row]:
    """Equal values of the same step, once, with the variants they belong to."""
    held: dict[Hashable, Row] = {}
    for variant, step, value in found:
        key = (step, json.dumps(value, sort_keys=True))
        held.setdefault(key, {"step": step, "variants": [], **value})["variants"].append(variant)
    return list(held.values())
