"""The training loop: one for every method and every machine.

It can be stopped and killed at any step and goes on from its newest sealed checkpoint; on a CPU the result
is the same bit for bit.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import torch
from safetensors.torch import load_file

from kcoder.artifact import LOG
from kcoder.errors import InterruptedRun, TimeIsUp, UsageError
from kcoder.host import Host
from kcoder.training import budget, loss, optimizer, resume, trouble
from kcoder.training.card import Card
from kcoder.training.machine import Machine
from kcoder.training.metrics import Metrics
from kcoder.training.probe import require_isolation
from kcoder.training.rows import Rows
from kcoder.training.schedule import share
from kcoder.training.state import WEIGHTS, Parts, State, Trained, read, weights_in
from kcoder.training.team import APART, Alone

if TYPE_CHECKING:
    from kcoder.training.method import Method

#: bytes a second that a disk writes at least: the first guess of how long a checkpoint takes
SLOW_DISK = 100e6
T = TypeVar("T")


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
        team: Alone | None = None,
    ) -> None:
        self.how, self.model, self.card, self.machine = how, model, card, machine
        self.folder, self.host, self.team = folder, host, team or Alone()
        self.rows = train
        self.judged = valid.pick(valid.order(how.seed, 0)[: how.valid_rows])
        #: rows of a step
        self.size = how.batch_size * how.accumulate
        self.per_epoch = math.ceil(len(train) / self.size)
        self.steps = budget.steps(how, train)
        weights = {name: p for name, p in model.named_parameters() if p.requires_grad}
        self.parts = Parts(weights, optimizer.make(how, list(weights.values())), machine.scaler(), self.team)
        self.metrics = Metrics(folder / LOG, machine, self.steps, self.size * train.length)
        few = torch.arange(min(how.batch_size // self.team.size, len(train)))
        self.loss = loss.choose(model, train.pick(few), machine, host.say)
        self.state = State(batch=how.batch_size)
        self.sealed = 0
        self.epoch, self.order = 0, train.order(how.seed, 0)

    def train(self) -> Trained:
        how, state = self.how, self.state
        if "save_every" in how.model_fields_set and how.save_every > self.steps:
            raise UsageError(
                f"save_every: {how.save_every} is beyond the {self.steps} steps that the rows make",
                f"save_every: {max(1, self.steps // 5)}",
            )
        limit = budget.seconds(how.time) if how.time else math.inf
        kept = sum(3 * p.numel() * p.element_size() for p in self.parts.weights.values())
        allowance = budget.Allowance(limit, pause=kept / SLOW_DISK)
        require_isolation(self.model, self.card.family, self.card.context, self.machine)
        self.team.rest(self.model)
        self.team.begin(self.parts.weights)
        state = self.state = self._resumed() or self._begun()
        if self.team.first:
            self.metrics.begin(state)
        for step in range(state.step + 1, self.steps + 1):
            if self.team.any(self.host.stop.is_set()):
                self._seal()
                raise InterruptedRun("interrupted")
            began = time.monotonic()
            row, norm = self._step(step)
            state.step, state.tokens = step, state.tokens + row["tokens"]
            state.history.append(row | {"tokens": state.tokens})
            trouble.require_no_divergence(state.history, how, self.machine, self._kept())
            stepped = time.monotonic()
            allowance.stepped(stepped - began)
            if step % how.save_every == 0 or step == self.steps:
                state.history[-1]["valid"] = valid = self._measure(step)
                if not state.best_step or valid < state.valid(state.best_step):
                    state.best_step = step
                self._seal()
                allowance.paused(time.monotonic() - stepped)
            if self.team.first:
                self.host.progress(self.metrics.step(state, norm))
            if step < self.steps and self.team.from_first(allowance.spent()):
                self._seal()
                raise TimeIsUp(f"time: {how.time} is used up after step {step:,} of {self.steps:,}")
        return self._finished()

    # ---- one step ------------------------------------------------------------------------------------------

    def _step(self, step: int) -> tuple[dict[str, Any], float]:
        """The step's row of the history, and the length of its gradient.

        The loss is the mean over all trained tokens of the step, however its batches divide them.
        """
        how, parts = self.how, self.parts
        rate = how.learning_rate * share(step, self.steps, how.warmup, how.scheduler, how.min_learning_rate)
        for group in parts.optimizer.param_groups:
            group["lr"] = rate
        rows = self.rows.pick(self._numbers(step))
        tokens = rows.trained()

        def gradients(batch: int) -> float:
            parts.optimizer.zero_grad(set_to_none=True)
            its = (each.on(self.machine.device) for each in self.team.share(rows, batch))
            return sum(self.loss.backward(each, tokens, parts.scaler.scale) for each in its)

        self.model.train()
        mean = self.team.sum(self._fitting(gradients))
        trouble.require_number("the loss", mean, step, how, self.machine, self._kept())
        weights = list(parts.weights.values())
        self.team.reduce(weights)
        parts.scaler.unscale_(parts.optimizer)
        norm = self.team.clip(weights, how.max_grad_norm)
        # the scaler leaves out a step whose gradient was beyond float16, and takes a smaller scale for the next
        if not parts.scaler.is_enabled() or parts.scaler.get_scale() < 1:
            trouble.require_number("the length of the gradient", norm, step, how, self.machine, self._kept())
        with trouble.room_for_state(how):
            parts.scaler.step(parts.optimizer)
        parts.scaler.update()
        parts.optimizer.zero_grad(set_to_none=True)
        return {"step": step, "loss": mean, "learning_rate": rate, "tokens": tokens}, norm

    def _numbers(self, step: int) -> torch.Tensor:
        epoch, at = divmod(step - 1, self.per_epoch)
        if epoch != self.epoch:
            self.epoch, self.order = epoch, self.rows.order(self.how.seed, epoch)
        return self.order[at * self.size : (at + 1) * self.size]

    def _measure(self, step: int) -> float:
        """The validation loss: the mean over its trained tokens."""

        def total(batch: int) -> float:
            its = (each.on(self.machine.device) for each in self.team.share(self.judged, batch))
            return sum(self.loss.total(each) for each in its)

        self.model.eval()
        valid = self.team.sum(self._fitting(total)) / self.judged.trained()
        self.team.rest(self.model)
        trouble.require_number("the validation loss", valid, step, self.how, self.machine, self._kept())
        return valid

    # ---- memory --------------------------------------------------------------------------------------------

    def _fitting(self, work: Callable[[int], T]) -> T:
        """What `work` returns for batches of so many rows: of fewer than before where those do not fit into memory."""
        while True:
            found: T | None = None
            try:
                found = work(self.state.batch)
            except RuntimeError as error:
                if not trouble.ran_out(error):
                    raise
                if self.team.divided:  # the others wait for this one in the middle of their work
                    raise trouble.too_little_together(self.how, self.team.size) from error
            # out here the error is gone, and with it the frames that hold the tensors
            if not self.team.any(found is None) and found is not None:
                return found
            self._make_room()

    def _make_room(self) -> None:
        """Take the largest batches that fit. Raises MachineLacksError, which names them, where that is not allowed."""
        size = self.team.size
        batch = trouble.fewer(self.size, self.state.batch, size)
        while batch and self.team.any(not self._fits(batch // size)):
            batch = trouble.fewer(self.size, batch, size)
        if not batch or self.how.on_out_of_memory == "stop":
            raise trouble.too_little_memory(self.how, self.machine, batch, self.rows.length)
        self.host.say(
            f"{self.state.batch} rows do not fit into memory: going on with batch_size {batch} "
            f"and accumulate {self.size // batch}, the same rows in each step"
        )
        self.state.batch = batch

    def _fits(self, batch: int) -> bool:
        """Whether so many rows can be trained together, beside gradients and what the optimizer will keep."""
        parts, was_training = self.parts, self.model.training
        rows = self.rows.pick(torch.arange(min(batch, len(self.rows)))).on(self.machine.device)
        parts.optimizer.zero_grad(set_to_none=True)
        torch.cuda.empty_cache()
        try:
            kept = [] if parts.optimizer.state else [torch.empty_like(p) for p in parts.weights.values() for _ in "12"]
            self.model.train()
            for _ in range(2):  # the second finds gradients to add to
                self.loss.backward(rows, 1, parts.scaler.scale)
            del kept
        except RuntimeError as error:
            if not trouble.ran_out(error):
                raise
            return False
        finally:
            parts.optimizer.zero_grad(set_to_none=True)
            self.model.train(was_training)
        return True

    # ---- beginning, stopping, going on ---------------------------------------------------------------------

    def _begun(self) -> State:
        torch.manual_seed(self.how.seed + APART * self.team.number)
        self.state.history = [{"step": 0, "valid": self._measure(0), "tokens": 0}]
        return self.state

    def _resumed(self) -> State | None:
        step = int(self.team.from_first(self._newest() if self.team.first else 0))
        if not step:
            return None
        at = resume.place(self.folder, step)
        state = read(at, step)
        if state.batch % self.team.size:  # what fitted where others shared the rows
            state.batch = self.how.batch_size
        self.parts.load(at, self.how.seed + step)
        self.sealed = step
        if self.team.first:  # a kill may have come between
            self._tidy(state)
        self.host.say(f"going on after step {step} of {self.steps}")
        return state

    def _newest(self) -> int:
        """The newest step from which it can go on; 0 where there is none."""
        for step in resume.resumable(self.folder, self.host.say):
            best = read(resume.place(self.folder, step), step).best_step
            if best in (0, step) or resume.intact(self.folder, best):
                return step
        return 0

    def _seal(self) -> None:
        state = self.state
        if state.step > self.sealed:
            kept = self.parts.kept()
            if self.team.first:
                resume.seal(self.folder, state.step, lambda draft: self.parts.save(state, draft, kept))
                self._tidy(state)
            # who stops here must not leave while the first still writes
            self.sealed = int(self.team.from_first(state.step))

    def _tidy(self, state: State) -> None:
        """Keep the newest two checkpoints and the best, and of those to choose among the weights."""
        newest = {*resume.steps(self.folder)[:2], state.best_step}
        resume.keep_only(self.folder, newest, budget.candidates(self.how, self.steps), WEIGHTS)

    def _kept(self) -> str:
        """What is left where the training cannot go on."""
        if not self.sealed:
            return "there is no checkpoint yet"
        best = self.state.best_step or self.sealed
        return f"the best checkpoint, of step {best:,}, is kept in {resume.place(self.folder, best)}"

    def _finished(self) -> Trained:
        state = self.state
        best = state.valid(state.best_step)
        if best >= state.valid(0):
            self.host.say(
                f"the validation loss never fell below that of the untrained model ({state.valid(0):.4f}); "
                f"the best was {best:.4f} at step {state.best_step}"
            )
        if state.best_step != state.step and self.team.first and not self.team.divided:
            self.parts.put(load_file(weights_in(resume.place(self.folder, state.best_step))))
        self.model.eval()
        kept = budget.candidates(self.how, self.steps)
        return Trained(
            steps=self.steps,
            candidates=tuple(sorted({*kept, state.best_step})) if kept else (),
            epochs=round(self.steps / self.per_epoch, 4),
            best_step=state.best_step,
            tokens=state.tokens,
            valid={"first": state.valid(0), "best": best, "last": state.valid(self.steps)},
            history=state.lines(),
            batch_size=state.batch,
            accumulate=self.size // state.batch,
        )
