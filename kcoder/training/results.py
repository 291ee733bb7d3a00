"""What a training leaves behind: the model of its best step and, to choose among, those of other steps."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from kcoder.artifact import LOG
from kcoder.records import Checkpoint, Checkpoints, History
from kcoder.stage import target
from kcoder.training import checkpoint, resume
from kcoder.training.card import Card, path_to
from kcoder.training.state import WEIGHTS, Trained, put


def leave(
    model: Any, tokenizer: Any, card: Card, source: Path, found: Trained, folder: Path, out: Path,
    say: Callable[[str], None],
) -> list[int]:  # fmt: skip
    """Write the outputs of a training, whose model holds the weights of its best step; the steps kept to choose among.

    `card` is that of a model made from `source`, but for its base and for what of this training stands in its lineage:
    there it tells the method. `folder` has the checkpoints. What a killed run has left of this is written anew.
    """
    final, kept = target(out, "model", Checkpoint), target(out, "kept", Checkpoints)
    for old in (final, kept):
        shutil.rmtree(old, ignore_errors=True)
    kept.mkdir()
    rows = [json.loads(line) for line in found.history.splitlines()]
    tokens = {row["step"]: row["tokens"] for row in rows}

    def save(step: int, to: Path) -> None:
        *before, method = card.lineage
        told = f"{method}, step {step} of {found.steps}, {tokens[step]:,} trained tokens"
        base = path_to(source, to) if card.kind == "adapter" else ""
        checkpoint.save(model, tokenizer, replace(card, base=base, lineage=(*before, told)), to)

    left: list[int] = []
    save(found.best_step, final)
    for step in found.candidates:
        to = kept / f"step-{step}"
        if step == found.best_step:
            checkpoint.adopt(final, to)
        elif at := resume.weights(folder, step, WEIGHTS):
            put(model, at)
            save(step, to)
        else:
            say(f"the weights of step {step} are damaged, and it cannot be chosen: --redo train makes them anew")
            continue
        left.append(step)
    target(out, "history", History).write_text(found.history, "utf-8")
    shutil.copyfile(folder / LOG, out / LOG)
    return left
