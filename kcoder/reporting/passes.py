"""The passes that a score was made of, with all that was asked of the steps behind it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from kcoder.benchmark import Benchmark
from kcoder.estimates import pass_at
from kcoder.paired import Held, Where, settings
from kcoder.plugin import Plugin, identity
from kcoder.records import Completion
from kcoder.stage import Stage

if TYPE_CHECKING:
    from kcoder.reporting.gather import Model


def k_of(metric: str) -> int | None:
    """The k of a metric called pass@k."""
    name, _, k = metric.partition("@")
    return int(k) if name == "pass" and k.isdigit() else None


def behind(row: Mapping[str, Any], model: Model) -> Held | None:
    """What a score of a model was made of: the step that was sampled at its temperature and gives its value."""
    k = k_of(row["metric"])
    for judged in model.judged.values():
        passes = judged.passes.get((row["benchmark"], row["language"]))
        if k is None or not passes or any(n < k for _, n in passes.values()):
            continue
        if judged.settings.get("complete.temperature", row["temperature"]) != row["temperature"]:
            continue
        if abs(sum(pass_at(k, *p) for p in passes.values()) / len(passes) - row["value"]) < 1e-9:
            return Held(passes, judged.settings)
    return None


def held(model: Model, metric: str) -> dict[Where, Held]:
    """What is behind each of a model's scores by this metric, as far as it is known."""
    rows = [row for row in model.scores if row["metric"] == metric]
    found = {(row["benchmark"], row["language"], row["temperature"]): behind(row, model) for row in rows}
    return {where: passes for where, passes in found.items() if passes}


def asked(stage: Stage) -> dict[str, Any]:
    """All that was asked of the step that ran programs, and of the one that completed them, by path.

    The files of a benchmark stand by where they are: within one run that tells them apart, and nothing is read.
    """
    completed = (output.step.stage for _, output in stage.inputs() if issubclass(output.kind, Completion))
    return settings(_told(stage), next(map(_told, completed), {}))


def _told(stage: Stage) -> Mapping[str, Any]:
    told: Mapping[str, Any] = identity(stage, _files, lambda output: {"key": "", "output": ""})
    return told


def _files(plugin: Plugin) -> dict[str, Any]:
    return {name: getattr(plugin, name) for name in plugin.unkeyed} if isinstance(plugin, Benchmark) else {}
