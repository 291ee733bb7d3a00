"""How far a training is, and how that stands in the folder of a checkpoint.

    weights.safetensors    the weights that are trained, and no others
    optimizer.pt           the optimizer, the scaler of fp16, and the random numbers of CPU and GPU, of each process
    history.jsonl          a row for every step
    state.json             the rest

Where in the rows a training is follows from its step: the order of an epoch is a function of the seed. Everything is
whole, however many processes have made it, so that any other number of them can go on with it.
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

from kcoder.training.resume import Draft
from kcoder.training.team import APART, Alone

WEIGHTS = "weights.safetensors"
#: the trained weights, and what goes into optimizer.pt
Kept = tuple[dict[str, torch.Tensor], dict[str, Any]]


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
class Trained:
    """What came out; the model holds the weights of `best_step`, the step of the lowest validation loss."""

    steps: int
    #: what may be chosen among, the best by validation loss included
    candidates: tuple[int, ...]
    epochs: float
    best_step: int
    tokens: int
    valid: dict[str, float]
    history: str
    #: rows that went through the model together, and such batches in a step
    batch_size: int
    accumulate: int

    def facts(self) -> dict[str, Any]:
        return {
            "steps": self.steps,
            "epochs": self.epochs,
            "best_step": self.best_step,
            "trained_tokens": self.tokens,
            "valid": self.valid,
            "batch_size": self.batch_size,
            "accumulate": self.accumulate,
        }


@dataclass(frozen=True)
class Parts:
    """What of a training changes with every step, besides its State."""

    weights: Mapping[str, torch.nn.Parameter]
    optimizer: torch.optim.Optimizer
    scaler: torch.amp.GradScaler
    team: Alone = field(default_factory=Alone)

    def kept(self) -> Kept:
        """The weights, and what else is kept of all processes. Each of them has to ask."""
        weights = {name: self._kept(p.detach()) for name, p in self.weights.items()}
        told = self.optimizer.state_dict()
        states = {n: {k: self._kept(v) for k, v in its.items()} for n, its in told["state"].items()}
        random = self.team.each(torch.get_rng_state())
        gpu = [self.team.each(each) for each in torch.cuda.get_rng_state_all()] if torch.cuda.is_available() else []
        others = [{"random": random[n], "random_gpu": [each[n] for each in gpu]} for n in range(1, self.team.size)]
        return weights, {
            "optimizer": told | {"state": states},
            "scaler": self.scaler.state_dict(),
            "random": random[0],
            "random_gpu": [each[0] for each in gpu],
        } | ({"others": others} if others else {})

    def _kept(self, value: Any) -> Any:
        """Undivided, and where only the first process needs it, nothing in the others."""
        if not isinstance(value, torch.Tensor) or not self.team.divided:
            return value
        whole = self.team.whole(value).cpu()
        return whole if self.team.first else whole.new_empty(0)

    def save(self, state: State, draft: Draft, kept: Kept | None = None) -> None:
        """Write it down; `kept` is what all processes have put together before, where there are several."""
        weights, rest = kept or self.kept()
        at = draft.folder
        with draft.growing(at / "optimizer.pt") as opened:
            torch.serialization.set_crc32_options(False)  # the seal has digests
            try:
                torch.save(rest, opened)
            finally:
                torch.serialization.set_crc32_options(True)
        save_file({name: each.cpu().contiguous() for name, each in weights.items()}, weights_in(at))
        draft.whole(weights_in(at))
        told = {"tokens": state.tokens, "best_step": state.best_step, "batch": state.batch}
        for name, text in (("history.jsonl", state.lines()), ("state.json", json.dumps(told))):
            (at / name).write_text(text, "utf-8")
            draft.whole(at / name)

    def load(self, at: Path, seed: int = 0) -> None:
        """Become what was saved there. A process that was not among those that saved draws anew."""
        self.put(load_file(weights_in(at)))
        kept = torch.load(at / "optimizer.pt", weights_only=True, map_location="cpu")
        if self.team.divided:
            self._divide(kept["optimizer"]["state"])
        self.optimizer.load_state_dict(kept["optimizer"])
        self.scaler.load_state_dict(kept["scaler"])
        drawn = [kept, *kept.get("others", [])]
        if self.team.number >= len(drawn):
            torch.manual_seed(seed + APART * self.team.number)
            return
        own = drawn[self.team.number]
        torch.set_rng_state(own["random"])
        for gpu, numbers in enumerate(own["random_gpu"][: torch.cuda.device_count()]):
            torch.cuda.set_rng_state(numbers, gpu)

    def _divide(self, states: dict[int, dict[str, Any]]) -> None:
        """Of what the optimizer kept of each weight, leave this process's part."""
        weights = [weight for group in self.optimizer.param_groups for weight in group["params"]]
        for number, its in states.items():
            for name, value in its.items():
                its[name] = self.team.part(value, weights[number])

    @torch.no_grad()
    def put(self, weights: Mapping[str, torch.Tensor]) -> None:
        for name, parameter in self.weights.items():
            parameter.copy_(self.team.part(weights[name], parameter))


@torch.no_grad()
def put(model: torch.nn.Module, at: Path) -> None:
    """Give a model that nothing divides the trained weights that were saved there."""
    weights = load_file(weights_in(at))
    for name, parameter in model.named_parameters():
        if parameter.requires_grad:
            parameter.copy_(weights[name])


def weights_in(at: Path) -> Path:
    return at / WEIGHTS


def read(at: Path, step: int) -> State:
    """The State that was saved at this step."""
    told = json.loads((at / "state.json").read_text("utf-8"))
    history = [json.loads(line) for line in (at / "history.jsonl").read_text("utf-8").splitlines()]
    return State(step=step, history=history, **told)
