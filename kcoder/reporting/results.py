"""Every number of the report as one JSON value: scores, changes, the choice of settings, counts.

Nothing here depends on time or machine, so that equal inputs give equal bytes.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from kcoder.estimates import DRAWS
from kcoder.paired import Difference, differ, paired
from kcoder.reporting import agreement, answer, comparisons, failures, gather, witnesses
from kcoder.reporting.find import SERIES
from kcoder.reporting.gather import Model, Row, Variant
from kcoder.reporting.labels import labels
from kcoder.reporting.passes import behind, k_of
from kcoder.reporting.select import Candidate, Pair, best, pairs
from kcoder.stage import Output


class Select(Protocol):
    """How settings are chosen."""

    on: str
    by: str
    within: float


class Report(Protocol):
    """What is asked of a report."""

    name: str
    why: str
    target: str
    kept: tuple[str, ...]

    @property
    def variants(self) -> Sequence[Variant]: ...

    @property
    def select(self) -> Select | None: ...

    def split(self, benchmark: str) -> str: ...


def results(report: Report, files: Mapping[Output[Any], Path]) -> Row:
    """All numbers of a report. `files` says where each input stands."""
    models = gather.models(report.variants, files)
    checkpoints = gather.checkpoints(report.variants, files)
    trained = {v for m in models if m.of == "tuned" for v in m.variants}
    main = _main(report, models)
    told: Row = {
        "name": report.name,
        "why": report.why,
        "target": report.target,
        "kept": list(report.kept),
        "main": main,
        "draws": DRAWS,
        "models": [_model(model, checkpoints, trained) for model in models],
        "scores": [
            {"model": m.name, **row, "split": report.split(row["benchmark"])}
            for m in models
            for row in (*m.scores, *_parts(m))
        ],
        "changes": list(_changes(models)),
        "comparisons": list(comparisons.compared(models, main, report.split)),
        "agreement": list(agreement.agreements(models, main, report.split)),
        "problems": _problems(main, models),
        "verdicts": list(_verdicts(models)),
        "failures": list(failures.counted(models)),
        "witnesses": witnesses.counted(report.variants, files),
        "isolation": sorted({level for m in models for j in m.judged.values() for level in j.isolation}),
        "checkpoints": checkpoints,
        "histories": gather.histories(report.variants, files),
        "dropped": gather.dropped(report.variants, files),
    }
    for model in told["models"]:
        model["label"] = labels(told["models"])[model["name"]]
    told["selection"] = _selection(report, models, told["models"], main)
    told["answer"] = answer.sentences(told)
    return told


def as_json(told: Row) -> bytes:
    return (json.dumps(told, indent=1, sort_keys=True, ensure_ascii=False, allow_nan=False) + "\n").encode()


# ---- the parts ---------------------------------------------------------------------------------------------


def _parts(model: Model) -> Iterator[Row]:
    """The scores of clean and of contaminated problems.

    Which those are is a matter of the rows a variant learnt from. A base that has been scored for variants of several
    sets of rows says for which.
    """
    held: list[tuple[list[Row], list[str]]] = []
    for variant, rows in model.parts.items():
        same = next((names for others, names in held if others == rows), None)
        if same is not None:
            same.append(variant)
        elif rows:
            held.append((rows, [variant]))
    for rows, names in held:
        for row in rows:
            of = f" for {', '.join(names)}" if len(held) > 1 else ""
            yield {**row, "problems": row["problems"] + of}


def _main(report: Report, models: list[Model]) -> Row | None:
    """The scores the answer speaks of: the first benchmark that is no choice's, at its lowest temperature."""
    rows = [r for m in models for r in m.scores if report.split(r["benchmark"]) == "test"]
    by = report.select.by if report.select else None
    rows = [r for r in rows if r["metric"] == by] or [r for r in rows if k_of(r["metric"])]
    if not rows:
        return None
    same = [r for r in rows if r["benchmark"] == rows[0]["benchmark"]]
    first = min(same, key=lambda r: (k_of(r["metric"]) or 0, r["temperature"] or 0.0))
    return {"benchmark": first["benchmark"], "metric": first["metric"], "temperature": first["temperature"]}


def _model(model: Model, checkpoints: list[Row], trained: set[str]) -> Row:
    """A model's settings and size.

    The last model that a variant's steps made is the tuned one, the one before is the base; where nothing
    was tuned the last is the base.
    """
    own = [c for c in checkpoints if model.variants[0] in c["variants"]]
    if model.of == "base" and model.variants[0] in trained:
        own = own[:-1]
    made = own[-1] if own else {}
    return {
        "name": model.name,
        "of": model.of,
        "variants": model.variants,
        "settings": model.settings,
        "method": model.settings.get("train.method") or made.get("method", "") if model.of == "tuned" else "",
        "made": {name: made.get(name) for name in ("step", "parameters", "trainable")},
    }


def _changes(models: list[Model]) -> Iterator[Row]:
    bases = {v: m for m in models if m.of == "base" for v in m.variants}
    for model in (m for m in models if m.of == "tuned" and m.variants[0] in bases):
        base = bases[model.variants[0]]
        before = {tuple(row[c] for c in SERIES): row for row in base.scores}
        for row in model.scores:
            old = before.get(tuple(row[c] for c in SERIES))
            found = _difference(row, model, old, base) if old else None
            if found:
                yield {
                    "model": model.name,
                    "against": base.name,
                    **{c: row[c] for c in SERIES},
                    "problems": "all",
                    **_said(found),
                }


def _difference(row: Row, model: Model, other_row: Row, other: Model) -> Difference | None:
    """None where settings or problems differ, too."""
    one, two, k = behind(row, model), behind(other_row, other), k_of(row["metric"])
    return paired(one.passes, two.passes, k) if one and two and k and not differ(one.settings, two.settings) else None


def _said(found: Difference) -> Row:
    return {"points": found.points, "low": found.low, "high": found.high, "n": found.n, "clear": found.clear}


def _selection(report: Report, models: list[Model], told: list[Row], main: Row | None) -> Row | None:
    """The best setting, and each two methods at settings that make them comparable; None without a choice."""
    if report.select is None or main is None:
        return None
    wanted = {**main, "benchmark": report.select.on, "metric": report.select.by}
    languages = (report.target, *report.kept)

    def dev(model: Model) -> list[Row]:
        rows = [r for r in model.scores if all(r[c] == v for c, v in wanted.items())]
        return [r for language in languages for r in rows if r["language"] == language]

    method = {m["name"]: m["method"] for m in told}
    scored = {m.name: [r["value"] for r in dev(m)] for m in models if m.of == "tuned"}
    candidates = [
        Candidate(name, method[name], values[0], tuple(values[1:]))
        for name, values in scored.items()
        if len(values) == len(languages)
    ]
    by = report.select
    by_name = {m.name: m for m in models}

    def between(pair: Pair) -> Row:
        """The methods' differences on the test problems, where they may be compared."""
        if pair.settings is None:
            return {}
        one, other = (by_name[name] for name in pair.settings)
        return {language: _between(one, other, {**main, "language": language}) for language in languages}

    return {
        "on": by.on,
        "by": by.by,
        "within": by.within,
        "best": best(candidates).name if candidates else None,
        "pairs": [
            {
                "methods": list(pair.methods),
                "settings": list(pair.settings) if pair.settings else None,
                "nearest": list(pair.nearest),
                "gap": pair.gap,
                "languages": between(pair),
            }
            for pair in pairs(candidates, by.within)
        ],
    }


def _between(one: Model, other: Model, wanted: Row) -> Row | None:
    """The first model's score minus the second's, in points."""
    rows = [next((r for r in m.scores if all(r[c] == wanted[c] for c in SERIES)), None) for m in (one, other)]
    found = _difference(rows[0], one, rows[1], other) if rows[0] and rows[1] else None
    return _said(found) if found else None


def _problems(main: Row | None, models: list[Model]) -> list[Row]:
    """Each problem of the main benchmark with every model's passes and samples."""
    found: dict[tuple[str, str], Row] = {}
    for model in models:
        rows = [r for r in model.scores if main and all(r[c] == v for c, v in main.items())]
        for row in rows:
            held = behind(row, model)
            for problem, passed in held.passes.items() if held else ():
                place = {"language": row["language"], "problem": problem, "passes": {}}
                found.setdefault((row["language"], problem), place)["passes"][model.name] = list(passed)
    return [found[key] for key in sorted(found)]


def _verdicts(models: list[Model]) -> Iterator[Row]:
    for model in models:
        for step, judged in model.judged.items():
            for (benchmark, language), counts in sorted(judged.verdicts.items()):
                told = {"model": model.name, "step": step, "benchmark": benchmark, "language": language}
                yield {**told, "n": sum(counts.values()), "counts": counts}
