"""A few real steps of a training, with random weights and tokens: what they take in time and memory.

    python -m kcoder.training.rehearsal < REQUEST.json

Neither depends on what weights and tokens say, so nothing of the training has to be there: a config is enough. It runs
in a process of its own, whose memory is nobody else's, and which may be killed for want of it.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

from kcoder.errors import KcoderError, MachineLacksError
from kcoder.host import Host
from kcoder.training.frugal import give_back_at_once

if TYPE_CHECKING:
    from kcoder.training.card import FourBit
    from kcoder.training.method import Method

STEPS = 20
#: steps at the beginning, in which memory is asked for and threads are made, that are not timed
WARM = 3
PROCESS = Path("/proc/self")


@dataclass(frozen=True)
class Request:
    """A method's name and options, a model's family and config, and the shape of the rows."""

    method: str
    options: dict[str, Any]
    family: str
    config: dict[str, Any]
    context: int
    length: int
    #: the share of the tokens that is trained
    trained: float = 1.0
    steps: int = STEPS
    device: str = "auto"
    threads: int | None = None
    #: whether memory is given back as soon as it is free
    frugal: bool = False
    #: where checkpoints are written for the time of it
    folder: str = "."


@dataclass(frozen=True)
class Rehearsed:
    """What was measured, in bytes and seconds. `memory` is what was held at most beyond `before`, which a process holds
    once everything is imported; on a GPU it is the GPU's."""

    memory: int
    before: int
    step: float
    #: measuring the validation loss of a row, and a checkpoint
    row: float
    checkpoint: float
    checkpoint_bytes: int
    used: dict[str, Any] = field(default_factory=dict)


def rehearse(request: Request) -> Rehearsed:
    """Raises MachineLacksError where the steps do not fit into memory, KcoderError where they fail otherwise."""
    command = [sys.executable, "-P", "-m", "kcoder.training.rehearsal"]  # -P: no code of the folder it stands in
    told = json.dumps(asdict(request))
    done = subprocess.run(command, input=told, capture_output=True, text=True, env=_environment())
    if done.returncode == 0:
        return Rehearsed(**json.loads(done.stdout.splitlines()[-1]))
    if done.returncode == MachineLacksError.exit_code or done.returncode < 0:
        reason = done.stderr.strip().splitlines()[-1:] or ["it was killed, as the system does where memory is short"]
        raise MachineLacksError(
            f"the probe could not train on this machine: {reason[0]}", "take less memory: see above"
        )
    reason = done.stderr.strip().splitlines()[-1:] or [f"exit code {done.returncode}"]
    raise KcoderError(f"the probe's steps failed: {reason[0]}")


def _environment() -> dict[str, str]:
    return {**os.environ, "TOKENIZERS_PARALLELISM": "false"}


# ---- in the process of its own ------------------------------------------------------------------------------------


def perform(request: Request) -> Rehearsed:
    """The steps, in this process: it should have done nothing before."""
    import torch
    from transformers import AutoConfig, AutoModelForCausalLM

    from kcoder.model import ModelFamily
    from kcoder.plugin import load
    from kcoder.training import checkpoint
    from kcoder.training.card import Card
    from kcoder.training.loop import Loop
    from kcoder.training.machine import quiet, settle

    quiet()
    family: ModelFamily = load("models", request.family)
    config = AutoConfig.for_model(request.family, **request.config)
    how = _shortened(load("stages", request.method)(**request.options), request.steps)
    with torch.device("meta"):
        parameters = checkpoint.count(AutoModelForCausalLM.from_config(config))
    host = Host(device=request.device, threads=request.threads)
    machine = settle(host, parameters, how.precision)
    how = how.here(machine.capability)
    used = machine.used(*how.packages)
    _warm(how)
    if request.frugal:
        give_back_at_once()
    before = 0 if machine.device.startswith("cuda") else _status("VmRSS")
    torch.manual_seed(0)
    made = {"dtype": torch.float32, "attn_implementation": family.attention}
    if four_bit := how.four_bit(machine):
        with torch.device("meta"):
            plain = AutoModelForCausalLM.from_config(config, **made)
        plain = _in_four_bits(plain, four_bit, machine.device)
    else:
        plain = AutoModelForCausalLM.from_config(config, **made)
    model = how.ready(plain, family).to(machine.device)
    del plain
    _forget(machine.device)  # a run reads weights layer by layer
    if how.gradient_checkpointing and model.supports_gradient_checkpointing:
        model.gradient_checkpointing_enable(gradient_checkpointing_kwargs={"use_reentrant": False})
    trainable = checkpoint.count(model, trainable=True)
    card = Card(how.saves, request.family, parameters, trainable, request.context)
    rows = _rows(request, how.batch_size * how.accumulate, model.get_input_embeddings().num_embeddings)
    with tempfile.TemporaryDirectory(dir=request.folder) as folder:
        loop = _timed(Loop)(how, model, card, rows, rows, machine, Path(folder), host)
        loop.train()
        steps = [
            float(json.loads(line)["seconds"]) for line in (Path(folder) / "metrics.jsonl").open() if "seconds" in line
        ]
        size = max(sum(f.stat().st_size for f in at.rglob("*")) for at in Path(folder).iterdir() if at.is_dir())
    held = _held(machine.device) - before
    judged = min(how.valid_rows, len(rows))
    timed = [*steps[WARM:], *steps[-1:]][: max(1, len(steps) - WARM)]
    return Rehearsed(
        held,
        before,
        median(timed),
        loop.took["measure"] / judged,
        loop.took["seal"],
        size,
        used,
    )


def _in_four_bits(model: Any, how: FourBit, device: str) -> Any:
    """A model without weights, given random ones layer by layer: at full size it may not fit, and a run reads it so."""
    import torch
    from transformers.pytorch_utils import Conv1D

    from kcoder.training.four_bit import quantise

    class Alone(torch.nn.Module):
        def __init__(self, layer: torch.nn.Module) -> None:
            super().__init__()
            self.layer = layer

        def get_output_embeddings(self) -> None:
            return None

    head, kinds = model.get_output_embeddings(), torch.nn.Linear | Conv1D
    # paths and not layers, which would all stay
    for path in [path for path, its in model.named_modules() if isinstance(its, kinds) and its is not head]:
        layer = model.get_submodule(path).to_empty(device="cpu")
        model._init_weights(layer)
        layer = quantise(Alone(layer), how, device).layer
        for weight in layer.parameters():
            weight._is_hf_initialized = True
        model.set_submodule(path, layer)
    for module in model.modules():
        for name, its in [*module.named_parameters(recurse=False), *module.named_buffers(recurse=False)]:
            if its.is_meta:
                empty = torch.empty_like(its, device="cpu")
                setattr(module, name, torch.nn.Parameter(empty) if isinstance(its, torch.nn.Parameter) else empty)
    model.tie_weights()
    model.initialize_weights()
    return quantise(model, how, device)


def _shortened(how: Method, steps: int) -> Method:
    """The method for so many steps, with one validation and one checkpoint at their end."""
    few: dict[str, Any] = {"max_steps": steps, "epochs": float(steps), "tokens": None, "time": None}
    few |= {"save_every": steps, "warmup": 0.0, "valid_rows": how.batch_size, "on_out_of_memory": "stop"}
    return how.model_copy(update=few)


def _rows(request: Request, count: int, words: int) -> Any:
    import torch

    from kcoder.training.packing import IGNORE
    from kcoder.training.rows import Rows

    draw = torch.Generator().manual_seed(0)
    shape = (count, request.length)
    ids = torch.randint(words, shape, generator=draw, dtype=torch.int32)
    targets = ids.roll(-1, dims=1)
    targets[torch.rand(shape, generator=draw) > request.trained] = IGNORE
    targets[:, -1] = IGNORE
    return Rows(ids, torch.arange(request.length, dtype=torch.int32).repeat(count, 1), targets)


def _timed(kind: type[Any]) -> type[Any]:
    """The loop, with the time that the last validation and the last checkpoint took."""

    class Timed(kind):  # type: ignore[misc]
        took: dict[str, float]

        def _measure(self, step: int) -> float:
            began = time.monotonic()
            found: float = super()._measure(step)
            self.took = {**getattr(self, "took", {}), "measure": time.monotonic() - began}
            return found

        def _seal(self) -> None:
            began = time.monotonic()
            super()._seal()
            self.took["seal"] = time.monotonic() - began

    return Timed


def _warm(how: Method) -> None:
    """What a first step imports and starts, and keeps."""
    import torch

    if "peft" in how.packages:
        import peft  # noqa: F401
    if how.optimizer != "adamw" or "bitsandbytes" in how.packages:
        import bitsandbytes  # noqa: F401
    few = torch.nn.Linear(64, 64)
    few(torch.ones(8, 64)).sum().backward()
    torch.optim.AdamW(few.parameters(), fused=True).step()


def _status(name: str) -> int:
    """A line of this process's status, in bytes."""
    found = re.search(rf"{name}:\s+(\d+) kB", (PROCESS / "status").read_text())
    if found is None:
        raise KcoderError("this system does not say how much memory a process holds")
    return int(found[1]) * 1024


def _forget(device: str) -> None:
    """Let the most that is held begin anew."""
    import torch

    if device.startswith("cuda"):
        torch.cuda.reset_peak_memory_stats()
    else:
        (PROCESS / "clear_refs").write_text("5")


def _held(device: str) -> int:
    """What was held at most."""
    import torch

    return torch.cuda.max_memory_allocated() if device.startswith("cuda") else _status("VmHWM")


def main() -> None:
    try:
        told = perform(Request(**json.load(sys.stdin)))
    except KcoderError as error:
        sys.stderr.write(f"{error.message}: {error.hint}\n")
        sys.exit(error.exit_code)
    sys.stdout.write(json.dumps(asdict(told)) + "\n")


if __name__ == "__main__":
    main()
