"""How far a training is, and how that stands in the folder of a checkpoint.

    weights.safetensors    the weights that are trained, and no others
    optimizer.pt           the optimizer, the scaler of fp16, and the random numbers of CPU and GPU
    history.jsonl          a row for every step
    state.json             the rest

Where in the rows a training is follows from its step: the order of an epoch is a function of the seed.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save_file


@dataclass
class State:
    """How far a training is. `history` has a row for every step, and no times: it is part of the result."""

    #: rows that go through the model together: fewer than asked for where those did not fit
    batch: int
    step: int = 0
    tokens: int = 0
    best_step: int = 0
    history: list[dict[str, Any]] = field(default_factory=list)

    def valid(self, step: int) -> float:
        """The validation loss measured at this step; infinite where there is none."""
        found = self.history[step].get("valid") if step < len(self.history) else None
        return math.inf if found is None else float(found)

    def measured(self) -> float:
        """The newest validation loss."""
        return next((float(row["valid"]) for row in reversed(self.history) if "valid" in row), math.nan)

    def lines(self) -> str:
        return "".join(json.dumps(row) + "\n" for row in self.history)


@dataclass(frozen=True)
class Parts:
    """What of a training changes with every step, besides its State."""

    weights: Mapping[str, torch.nn.Parameter]
    optimizer: torch.optim.Optimizer
    scaler: torch.amp.GradScaler

    def save(self, state: State, at: Path) -> None:
        save_file({name: p.detach().cpu().contiguous() for name, p in self.weights.items()}, weights_in(at))
        kept = {
            "optimizer": self.optimizer.state_dict(),
            "scaler": self.scaler.state_dict(),
            "random": torch.get_rng_state(),
            "random_gpu": torch.cuda.get_rng_state_all() if torch.cuda.is_available() else [],
        }
        torch.serialization.set_crc32_options(False)  # the seal has digests
        try:
            torch.save(kept, at / "optimizer.pt")
        finally:
            torch.serialization.set_crc32_options(True)
        (at / "history.jsonl").write_text(state.lines(), "utf-8")
        told = {"tokens": state.tokens, "best_step": state.best_step, "batch": state.batch}
        (at / "state.json").write_text(json.dumps(told), "utf-8")

    def load(self, at: Path) -> None:
        """Become what was saved there."""
        self.put(load_file(weights_in(at)))
        kept = torch.load(at / "optimizer.pt", weights_only=True, map_location="cpu")
        self.optimizer.load_state_dict(kept["optimizer"])
        self.scaler.load_state_dict(kept["scaler"])
        torch.set_rng_state(kept["random"])
        if kept["random_gpu"]:
            torch.cuda.set_rng_state_all(kept["random_gpu"])

    @torch.no_grad()
    def put(self, weights: Mapping[str, torch.Tensor]) -> None:
        for name, parameter in self.weights.items():
            parameter.copy_(weights[name])


def weights_in(at: Path) -> Path:
    return at / "weights.safetensors"


def read(at: Path, step: int) -> State:
    """The State that was saved at this step."""
    told = json.loads((at / "state.json").read_text("utf-8"))
    history = [json.loads(line) for line in (at / "history.jsonl").read_text("utf-8").splitlines()]
    return State(step=step, history=history, **told)
