"""`python -m kcoder.probes.methods NAME`: five steps of a training with a small model, told to `kcoder doctor`."""

from __future__ import annotations

import contextlib
import json
import math
import os
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from kcoder.conformance_models import ROWS, SHAPE, Given
from kcoder.errors import KcoderError
from kcoder.finding import Finding, begin, tell
from kcoder.host import Host
from kcoder.plugin import distribution, load, names, registered
from kcoder.probes.children import Child
from kcoder.records import Document, History, frame
from kcoder.stage import Facts, Step, Training, target

STEPS = 5
#: asked of a method that has such options; the rows are few, so they are gone through more than once
OPTIONS = {"max_steps": STEPS, "epochs": 100.0, "batch_size": 2, "learning_rate": 3e-3}


def methods() -> list[Child]:
    """A process for each way of training. What another package offers is loaded in its process, never in ours."""
    return [
        Child(name, ("-m", "kcoder.probes.methods", name), "training {part}", f"kcoder plugins test {name}")
        for name in names("stages")
        if distribution(registered("stages")[name]) != "kcoder" or _trains(load("stages", name))
    ]


def _trains(plugin: Any) -> bool:
    return isinstance(plugin, type) and issubclass(plugin, Training)


def tried(name: str, folder: Path) -> Finding | None:
    """What came of the steps; None where this is another kind of work."""
    try:
        plugin = load("stages", name)
        if not _trains(plugin):
            return None
        how = plugin.trial(folder)
        if how is None:
            needed = ", ".join(n for n, field in plugin.model_fields.items() if field.is_required())
            return Finding(name, True, f"not tried: a spec has to say {needed or 'what it needs'}")
        out = folder / name
        facts, seconds = _train(_short(how), folder, out)
        return judged(name, facts, target(out, "history", History), seconds)
    except KcoderError as error:
        return Finding(name, False, error.message, error.hint)
    except Exception as error:
        told = f"{type(error).__name__}: {error}".splitlines()[0][:200]
        return Finding(name, False, told, f"kcoder plugins test {name}")


def _short(how: Training) -> Training:
    """The same with few steps, where it has such options."""
    known = {name: value for name, value in OPTIONS.items() if name in type(how).model_fields}
    with contextlib.suppress(ValidationError):
        return type(how)(**{name: getattr(how, name) for name in how.model_fields_set} | known)
    return how


def _train(how: Training, folder: Path, out: Path) -> tuple[Facts, float]:
    """What it says of its training, and the seconds that this took."""
    given = Step("given", Given())
    at = {given[name]: target(folder, name, kind) for name, kind in Given.produces.items()}
    rows, model = given["rows"], given["model"]
    host = Host(device=os.environ.get("KCODER_DEVICE", "auto"), offline=True)
    frame(Document, ROWS).write_parquet(at[rows])
    load("stages", "begin")(rows=rows, architecture=load("models", "codegen"), **SHAPE).run(at, folder, host)
    load("stages", "pack")(rows=rows, valid=rows, model=model, sequence_length=48).run(at, folder, host)
    out.mkdir()
    began = time.monotonic()
    facts = how.wired(rows=given["train"], valid=given["valid"], model=model, seed=0).run(at, out, host)
    return facts, time.monotonic() - began


def judged(name: str, facts: Facts, history: Path, seconds: float) -> Finding:
    """A loss that falls is told; one that is no number is a defect."""
    losses = _losses(history)
    used: Mapping[str, Any] = facts.get("used", {})
    where = f", {used['dtype']} on the {'CPU' if used['device'] == 'cpu' else 'GPU'}" if "dtype" in used else ""
    told: dict[str, Any] = {"seconds": round(seconds, 2), "losses": losses, "used": dict(used)}
    if not losses:
        return Finding(name, True, f"it ran, and its history tells no loss{where}, {seconds:.1f} s", facts=told)
    if not all(math.isfinite(loss) for loss in losses):
        told["losses"] = [str(loss) for loss in losses]
        return Finding(name, False, f"the loss is no number after {len(losses)} steps{where}", "precision: fp32", told)
    fell = "" if losses[-1] < losses[0] else ", which did not fall"
    steps = f"{len(losses)} step{'s' if len(losses) > 1 else ''}"
    found = f"{steps}, loss {losses[0]:.2f} → {losses[-1]:.2f}{fell}{where}, {seconds:.1f} s"
    return Finding(name, True, found, facts=told)


def _losses(history: Path) -> list[float]:
    """Of each step, as far as the history is as `History` says."""
    found = []
    with contextlib.suppress(OSError, ValueError):
        for line in history.read_text("utf-8").splitlines():
            loss = json.loads(line).get("loss")
            if isinstance(loss, int | float):
                found.append(float(loss))
    return found


if __name__ == "__main__":
    begin(sys.argv[1])
    with tempfile.TemporaryDirectory() as place:
        if finding := tried(sys.argv[1], Path(place)):
            tell(finding)
