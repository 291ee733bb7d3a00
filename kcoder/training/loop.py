"""The training loop: one for every method and every machine.

It can be stopped and killed at any step and goes on from its newest sealed checkpoint; on a CPU the result
is the same bit for bit.
"""

from __future__ import annotations

import json
import math
import resource
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from safetensors.torch import load_file, save_file
from torch.nn.functional import cross_entropy

from kcoder.errors import KcoderError, UsageError
from kcoder.host import Host
from kcoder.training import resume
from kcoder.training.card import Card
from kcoder.training.machine import Machine
from kcoder.training.packing import IGNORE
from kcoder.training.probe import forward, require_isolation
from kcoder.training.rows import Rows
from kcoder.training.schedule import share

if TYPE_CHECKING:
    from kcoder.training.method import Method


@dataclass
class State:
    """How far a training is. `history` has a row for every step, and no times: it is part of the result."""

    step: int = 0
    tokens: int = 0
    best_step: int = 0
    history: list[dict[str, Any]] = field(default_factory=list)

    def valid(self, step: int) -> float:
        """The validation loss measured at this step; infinite where there is none."""
        found = self.history[step].get("valid") if step < len(self.history) else None
        return math.inf if found is None else float(found)


@dataclass(frozen=True)
class Trained:
    """What came out; the model holds the weights of `best_step`, the step of the lowest validation loss."""

    steps: int
    epochs: float
    best_step: int
    tokens: int
    valid: dict[str, float]
    history: str

    def facts(self) -> dict[str, Any]:
        return {
            "steps": self.steps,
            "epochs": self.epochs,
            "best_step": self.best_step,
            "trained_tokens": self.tokens,
            "valid": self.valid,
        }


class Loop:
    """A method's options, a model whose trainable weights are chosen, and rows."""

    def __init__(
        self,
        how: Method,
        model: Any,
        card: Card,
        train: Rows,
        valid: Rows,
        machine: Machine,
        folder: Path,
        host: Host,
    ) -> None:
        self.how, self.model, self.card, self.machine = how, model, card, machine
        self.folder, self.host = folder, host
        self.rows = train
        self.judged = valid.pick(valid.order(how.seed, 0)[: how.valid_rows])
        self.per_epoch = math.ceil(len(train) / (how.batch_size * how.accumulate))
        self.steps = min(how.max_steps, math.ceil(how.epochs * self.per_epoch))
        self.weights = {name: p for name, p in model.named_parameters() if p.requires_grad}
        self.optimizer = _adamw(how, list(self.weights.values()))
        self.sealed = 0
        self.epoch, self.order = 0, train.order(how.seed, 0)

    def train(self) -> Trained:
        if "save_every" in self.how.model_fields_set and self.how.save_every > self.steps:
            raise UsageError(
                f"save_every: {self.how.save_every} is beyond the {self.steps} steps that the rows make",
                f"save_every: {max(1, self.steps // 5)}",
            )
        require_isolation(self.model, self.card.family, self.card.context, self.machine)
        state = self._resumed() or self._begun()
        first, started = state.step, time.monotonic()
        for step in range(state.step + 1, self.steps + 1):
            if self.host.stop.is_set() and state.step > self.sealed:
                self._seal(state)
            self.host.check()
            row = self._step(step)
            state.step, state.tokens = step, state.tokens + row["tokens"]
            state.history.append(row | {"tokens": state.tokens})
            if step % self.how.save_every == 0 or step == self.steps:
                state.history[-1]["valid"] = valid = self._measure(step)
                if not state.best_step or valid < state.valid(state.best_step):
                    state.best_step = step
                self._seal(state)
            self.host.progress(self._line(state, step - first, time.monotonic() - started))
        return self._finished(state)

    # ---- one step ------------------------------------------------------------------------------------------

    def _step(self, step: int) -> dict[str, Any]:
        """Loss is the mean over all trained tokens of the step, however its batches divide them."""
        rate = self.how.learning_rate * share(
            step, self.steps, self.how.warmup, self.how.scheduler, self.how.min_learning_rate
        )
        for group in self.optimizer.param_groups:
            group["lr"] = rate
        rows = self.rows.pick(self._numbers(step)).on(self.machine.device)
        tokens, loss = rows.trained(), 0.0
        self.model.train()
        for batch in rows.split(self.how.batch_size):
            part: Any = self._loss(batch) / tokens
            part.backward()
            loss += part.item()
        if not math.isfinite(loss):
            raise KcoderError(
                f"the loss is not a number at step {step}",
                f"lower learning_rate ({self.how.learning_rate:g}) or raise warmup ({self.how.warmup:g})",
            )
        torch.nn.utils.clip_grad_norm_(self.weights.values(), self.how.max_grad_norm)
        self.optimizer.step()
        self.optimizer.zero_grad(set_to_none=True)
        return {"step": step, "loss": loss, "learning_rate": rate, "tokens": tokens}

    def _numbers(self, step: int) -> torch.Tensor:
        epoch, at = divmod(step - 1, self.per_epoch)
        if epoch != self.epoch:
            self.epoch, self.order = epoch, self.rows.order(self.how.seed, epoch)
        size = self.how.batch_size * self.how.accumulate
        return self.order[at * size : (at + 1) * size]

    def _loss(self, rows: Rows) -> torch.Tensor:
        """The summed loss over the trained tokens."""
        with self.machine.autocast():
            logits = forward(self.model, rows.ids, rows.positions)
        return cross_entropy(logits.float().flatten(0, 1), rows.targets.flatten(), ignore_index=IGNORE, reduction="sum")

    @torch.no_grad()
    def _measure(self, step: int) -> float:
        """The validation loss: the mean over its trained tokens."""
        self.model.eval()
        total = 0.0
        for batch in self.judged.split(self.how.batch_size):
            total += self._loss(batch.on(self.machine.device)).item()
        if not math.isfinite(valid := total / self.judged.trained()):
            raise KcoderError(f"the validation loss is not a number at step {step}", "lower learning_rate")
        return valid

    # ---- beginning, stopping, going on ---------------------------------------------------------------------

    def _begun(self) -> State:
        torch.manual_seed(self.how.seed)
        return State(history=[{"step": 0, "valid": self._measure(0), "tokens": 0}])

    def _resumed(self) -> State | None:
        for step in resume.resumable(self.folder, self.host.say):
            at = resume.place(self.folder, step)
            told = json.loads((at / "state.json").read_text("utf-8"))
            if (best := told["best_step"]) not in (0, step) and not resume.intact(self.folder, best):
                continue
            history = [json.loads(line) for line in (at / "history.jsonl").read_text("utf-8").splitlines()]
            self._put(load_file(at / "weights.safetensors"))
            kept = torch.load(at / "optimizer.pt", weights_only=True, map_location="cpu")
            self.optimizer.load_state_dict(kept["optimizer"])
            torch.set_rng_state(kept["random"])
            if kept["random_gpu"]:
                torch.cuda.set_rng_state_all(kept["random_gpu"])
            self.sealed = step
            self.host.say(f"going on after step {step} of {self.steps}")
            return State(step, told["tokens"], best, history)
        return None

    def _seal(self, state: State) -> None:
        def write(at: Path) -> None:
            save_file(
                {name: p.detach().cpu().contiguous() for name, p in self.weights.items()},
                at / "weights.safetensors",
            )
            gpu = torch.cuda.get_rng_state_all() if torch.cuda.is_available() else []
            kept = {
                "optimizer": self.optimizer.state_dict(),
                "random": torch.get_rng_state(),
                "random_gpu": gpu,
            }
            torch.save(kept, at / "optimizer.pt")
            (at / "history.jsonl").write_text(_lines(state.history), "utf-8")
            told = {"tokens": state.tokens, "best_step": state.best_step}
            (at / "state.json").write_text(json.dumps(told), "utf-8")

        resume.seal(self.folder, state.step, write)
        resume.keep_only(self.folder, {*resume.steps(self.folder)[:2], state.best_step})
        self.sealed = state.step

    def _finished(self, state: State) -> Trained:
        best = state.valid(state.best_step)
        if best >= state.valid(0):
            self.host.say(
                f"the validation loss never fell below that of the untrained model ({state.valid(0):.4f}); "
                f"the best was {best:.4f} at step {state.best_step}"
            )
        if state.best_step != state.step:
            self._put(load_file(resume.place(self.folder, state.best_step) / "weights.safetensors"))
        self.model.eval()
        return Trained(
            steps=self.steps,
            epochs=round(self.steps / self.per_epoch, 4),
            best_step=state.best_step,
            tokens=state.tokens,
            valid={"first": state.valid(0), "best": best, "last": state.valid(self.steps)},
            history=_lines(state.history),
        )

    @torch.no_grad()
    def _put(self, weights: dict[str, torch.Tensor]) -> None:
        for name, parameter in self.weights.items():
            parameter.copy_(weights[name])

    def _line(self, state: State, done: int, seconds: float) -> str:
        measured = next((row["valid"] for row in reversed(state.history) if "valid" in row), math.nan)
        per_step = seconds / done
        slots = self.how.batch_size * self.how.accumulate * self.rows.length
        minutes, rest = divmod(round((self.steps - state.step) * per_step), 60)
        return (
            f"step {state.step}/{self.steps}  loss {state.history[-1]['loss']:.2f}  valid {measured:.2f}  "
            f"{slots / per_step:,.0f} tok/s  {_memory(self.machine):.1f} GB  {minutes}m{rest:02d}s left"
        )


def _adamw(how: Method, weights: list[Any]) -> torch.optim.AdamW:
    """Decay on matrices only: shrinking a bias or a norm's scale towards zero has no use."""
    groups = [
        {"params": [p for p in weights if p.ndim > 1], "weight_decay": how.weight_decay},
        {"params": [p for p in weights if p.ndim < 2], "weight_decay": 0.0},
    ]
    return torch.optim.AdamW([g for g in groups if g["params"]], lr=how.learning_rate, betas=how.betas, fused=True)


def _lines(rows: list[dict[str, Any]]) -> str:
    return "".join(json.dumps(row) + "\n" for row in rows)


def _memory(machine: Machine) -> float:
    """The most memory used so far, in GB: the GPU's, or this process's."""
    if machine.device.startswith("cuda"):
        return torch.cuda.max_memory_allocated() / 1e9
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e9
